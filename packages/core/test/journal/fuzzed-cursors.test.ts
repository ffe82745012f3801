import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededDraw } from "@acc/test-kit/faults/fuzzed-answers";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { AcceleratorError } from "../../src/errors.ts";
import { type DeliveryCursor, START, writeCursor } from "../../src/journal/delivery-cursor.ts";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { JournalWriter } from "../../src/journal/journal-writer.ts";
import { RunLock } from "../../src/journal/run-lock.ts";
import { inspectRun } from "../../src/sync/inspect-run.ts";

const SEED = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.COUNT ?? 1000);
const EVENTS = 12;
const test = suite(`damaged cursors and locks (COUNT=${COUNT} SEED=${SEED})`);

const folder = mkdtempSync(join(tmpdir(), "acc-cursors-"));
process.env.ACC_HOME = join(folder, "home");
const HEADER: JournalHeader = {
  ...{ type: "run", id: "0".repeat(32), projectName: "p", startedMs: 0 },
  ...{ loggingDir: undefined, script: undefined },
  trackers: [{ name: "t", delivers: true, options: {} }],
};
const WRONG = [null, true, false, -1, 0, 3, 2.5, 1e300, "", "7", "no", [], {}, [3], { a: 1 }];

type Draw = (limit: number) => number;

/** Bytes changed, left out, put in, or cut off. */
function damageText(text: string, draw: Draw): string {
  const at = draw(text.length);
  const length = 1 + draw(draw(2) ? 3 : text.length);
  const noise = Buffer.from(Array.from({ length: 1 + draw(20) }, () => draw(256))).toString(
    "latin1",
  );
  const ways = [
    text.slice(0, at),
    text.slice(0, at) + text.slice(at + length),
    text.slice(0, at) + noise + text.slice(at + noise.length),
    text.slice(0, at) + noise + text.slice(at),
  ];
  return ways[draw(ways.length)] as string;
}

/** Some fields of JSON replaced, left out or added. */
function damageFields(text: string, draw: Draw): string {
  if (draw(20) === 0) return JSON.stringify(WRONG[draw(WRONG.length)]);
  const value = JSON.parse(text) as { [key: string]: unknown };
  for (let times = 0; times <= draw(3); times++) {
    const names = [...Object.keys(value), "__proto__", "isComplete", "sequence", "offset"];
    const name = names[draw(names.length)] as string;
    if (draw(4) === 0) delete value[name];
    else
      Object.defineProperty(value, name, {
        value: WRONG[draw(WRONG.length)],
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return JSON.stringify(value);
}

const damage = (text: string, draw: Draw): string =>
  draw(2) ? damageText(text, draw) : damageFields(text, draw);

/** @returns the places behind each event, from the one of the first. */
async function writeJournal(): Promise<number[]> {
  const path = join(folder, "journal");
  const writer = await JournalWriter.create(path, encodeRecord(HEADER), () => {});
  for (let sequence = 0; sequence < EVENTS; sequence++) {
    const event = { type: "metrics", values: { i: sequence }, context: {}, sequence } as const;
    writer.append(encodeRecord(event));
  }
  writer.append(encodeRecord({ type: "finish", status: "success", sequence: EVENTS }));
  await writer.close();
  const reader = await JournalReader.open(path);
  const { entries } = await reader.read(reader.firstOffset, { limit: 1e6, limitBytes: 1e9 });
  const places = [reader.firstOffset, ...entries.map(({ nextOffset }) => nextOffset)];
  await reader.close();
  return places;
}

test.slow(
  "are refused with a sentence, and never say more than the journal can bear out",
  async () => {
    const places = await writeJournal();
    const path = join(folder, "t.cursor.json");
    let refused = 0;
    for (let i = 0; i < COUNT; i++) {
      const draw = seededDraw(SEED + i);
      const sequence = draw(EVENTS + 2);
      const isComplete = sequence === EVENTS + 1;
      const cursor: DeliveryCursor = {
        ...{ ...START, sequence, offset: places[sequence], delivered: Math.min(sequence, EVENTS) },
        ...{ isComplete, state: draw(2) ? { id: "abc", files: [1, 2] } : undefined },
      };
      await writeCursor(folder, "t", HEADER.id, cursor);
      writeFileSync(path, damage(readFileSync(path, "utf8"), draw), "latin1");
      try {
        const [progress] = (await inspectRun(folder)).trackers;
        if (progress?.isComplete) {
          const { offset } = JSON.parse(readFileSync(path, "utf8")) as DeliveryCursor;
          assert.ok(
            Number(offset) >= (places[EVENTS] as number),
            `seed ${SEED + i}: no "complete"`,
          );
        }
        assert.ok((progress?.pending ?? -1) >= 0);
      } catch (error) {
        assert.instance(error, AcceleratorError, `seed ${SEED + i}: ${(error as Error).stack}`);
        assert.is((error as AcceleratorError).code, "JOURNAL_INVALID");
        refused += 1;
      }
    }
    assert.ok(refused > COUNT / 4, `${refused} were refused`);
  },
);

test("a damaged lock is taken over once it is not new, and no other is", async () => {
  const path = join(folder, "lock");
  for (let i = 0; i < COUNT; i++) {
    const draw = seededDraw(SEED + i);
    const lock = await RunLock.acquire(folder);
    assert.instance(lock, RunLock);
    const mine = readFileSync(path, "utf8");
    assert.type(await RunLock.acquire(folder), "string", "it is held");
    const damaged = damage(mine, draw);
    writeFileSync(path, damaged, "latin1");
    utimesSync(path, 0, 0);
    const next = await RunLock.acquire(folder);
    // Where process and machine are still said, its holder lives.
    if (typeof next === "string") assert.match(next, `process ${process.pid}`, damaged);
    else await next.release();
    await (lock as RunLock).release();
    rmSync(path, { force: true });
  }
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
