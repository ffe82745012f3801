import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { JournalWriter } from "../../src/journal/journal-writer.ts";
import { findLosses, type Losses } from "../../src/sync/find-losses.ts";

export const SEED = Number(process.env.SEED ?? 1);
const EVENTS = 40;

export const HEADER: JournalHeader = {
  ...{ type: "run", id: "0".repeat(32), projectName: "p", startedMs: 0 },
  ...{ loggingDir: undefined, script: undefined, trackers: [] },
};

function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** The bytes of a sound journal. */
export async function makeJournal(id = HEADER.id, events = EVENTS): Promise<Buffer> {
  const path = newPath();
  const writer = await JournalWriter.create(path, encodeRecord({ ...HEADER, id }), () => {});
  for (let sequence = 0; sequence < events; sequence++) {
    // Texts that look like records, and records of other journals.
    const values = { i: sequence, text: `{"type":"metrics","sequence":${sequence}}`, type: "run" };
    writer.append(encodeRecord({ type: "metrics", sequence, values, context: { wallTimeMs: 0 } }));
  }
  await writer.close();
  return readFileSync(path);
}

/** What is lost of a journal that somebody has changed, and how many entries are read. */
export async function lossesOf(
  change: (journal: Buffer) => Buffer,
): Promise<(Losses & { readonly count: number }) | undefined> {
  const path = newPath();
  writeFileSync(path, change(await makeJournal()));
  const reader = await JournalReader.open(path);
  let count = 0;
  const losses = await findLosses(reader, ({ entries }) => {
    count += entries.length;
  });
  await reader.close();
  return losses && { ...losses, count };
}

function newPath(): string {
  return join(mkdtempSync(join(tmpdir(), "acc-damage-")), "journal");
}

/** Changes bytes, leaves some out, puts some in, repeats some, or cuts off the end. */
function damage(bytes: Buffer, from: number, draw: (limit: number) => number): Buffer {
  const at = from + draw(bytes.length - from);
  const length = 1 + draw(draw(2) === 0 ? 4 : 400);
  const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (draw(5)) {
    case 0: {
      const changed = Buffer.from(bytes);
      for (let i = at; i < Math.min(at + length, bytes.length); i++) changed[i] = draw(256);
      return changed;
    }
    case 1:
      return Buffer.concat([before, behind.subarray(length)]);
    case 2:
      return Buffer.concat([before, Buffer.alloc(length, draw(256)), behind]);
    case 3:
      return Buffer.concat([before, bytes.subarray(Math.max(0, at - length), at), behind]);
    default:
      return before;
  }
}

/** Tests so many journals, each damaged at random. */
export function testDamage(test: Test, count: number): void {
  test("every sound record is read once in its order, and what is missing is counted", async () => {
    const path = newPath();
    const whole = await makeJournal();
    writeFileSync(path, whole);
    const first = await JournalReader.open(path);
    const { firstOffset } = first;
    await first.close();
    const draw = random(SEED);
    for (let i = 0; i < count; i++) {
      let bytes = whole;
      for (let times = 0; times <= draw(3); times++) bytes = damage(bytes, firstOffset, draw);
      writeFileSync(path, bytes);
      const reader = await JournalReader.open(path);
      const { entries, end } = await reader.read(firstOffset, { limit: 1e6, limitBytes: 1e9 });
      const losses = await findLosses(reader);
      await reader.close();
      assert.ok(end, `journal ${i}`);
      const seen = new Set(entries.map(({ entry }) => entry.sequence));
      let before = -1;
      for (const { entry } of entries) {
        const { values } = entry as unknown as { values: { i: number } };
        assert.ok(entry.sequence > before, `journal ${i}: once, in order`);
        before = entry.sequence;
        assert.is(values.i, entry.sequence, `journal ${i}: a record is what it was`);
      }
      // Whatever lies between two sound records is named; a journal that was only cut has lost nothing before its end.
      const last = Math.max(-1, ...seen);
      const missing = last + 1 - seen.size;
      assert.is(losses?.events ?? 0, missing, `journal ${i}`);
      if (missing > 0) assert.ok(losses, `journal ${i}`);
      const intact = whole.length - firstOffset;
      assert.ok(
        seen.size === EVENTS ||
          bytes.length - firstOffset !== intact ||
          losses ||
          end.kind === "incomplete",
      );
    }
  });
}
