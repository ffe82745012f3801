import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { decodeValue, encodeValue } from "../../src/journal/journal-value.ts";
import { JournalWriter } from "../../src/journal/journal-writer.ts";
import type { LogValue } from "../../src/tracker-contract/log-value.ts";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) }); // the same cases in every run
const test = suite("journal");
const HEADER: JournalHeader = {
  ...{ type: "run", id: "0".repeat(32), projectName: "p", startedMs: 0 },
  ...{ loggingDir: undefined, script: undefined, trackers: [] },
};
const ALL = { limit: 1000, limitBytes: 1 << 30 };

async function written(count: number): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "acc-journal-")), "journal");
  const writer = await JournalWriter.create(path, encodeRecord(HEADER), () => {});
  for (let sequence = 0; sequence < count; sequence++) {
    const context = { wallTimeMs: sequence };
    writer.append(encodeRecord({ type: "metrics", sequence, values: { x: sequence }, context }));
  }
  await writer.close();
  return path;
}

test("gives every value back as it was", () => {
  const value = fc.letrec<{ value: LogValue }>((tie) => ({
    value: fc.oneof(
      ...[fc.double(), fc.bigInt(), fc.string({ unit: "grapheme" }), fc.boolean()],
      ...[fc.constant(null), fc.constant(undefined), fc.constant(-0)],
      fc.date({ noInvalidDate: true }),
      ...[
        fc.float32Array({ noNaN: true }),
        fc.float64Array({ noNaN: true }),
        fc.int32Array(),
        fc.uint8Array(),
      ],
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constant("$")), tie("value"), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  })).value;
  fc.assert(
    fc.property(value, (original) => {
      const text = JSON.stringify(encodeValue(original));
      assert.equal(decodeValue(JSON.parse(text)), original);
    }),
    { numRuns: 1000 },
  );
});

test("read back after every possible cut: whole records, and where the rest begins", async () => {
  const path = await written(4);
  const whole = await JournalReader.open(path);
  const { entries, end } = await whole.read(whole.firstOffset, ALL);
  assert.is(entries.length, 4);
  assert.is(end?.kind, "end");
  const ends = entries.map(({ nextOffset }) => nextOffset);
  const { length } = readFileSync(path);
  await whole.close();
  for (let size = length - 1; size >= 0; size--) {
    truncateSync(path, size);
    if (size < whole.firstOffset) {
      const code = await JournalReader.open(path).then(
        () => "opened",
        (error) => error.code,
      );
      assert.is(code, "JOURNAL_INVALID");
      continue;
    }
    const reader = await JournalReader.open(path);
    const cut = await reader.read(reader.firstOffset, ALL);
    const count = ends.filter((offset) => offset <= size).length;
    assert.is(cut.entries.length, count, `cut to ${size}`);
    const offset = ends[count - 1] ?? whole.firstOffset;
    assert.equal(cut.end, { kind: size === offset ? "end" : "incomplete", offset });
    await reader.close();
  }
});

test("a changed byte costs its record alone", async () => {
  const path = await written(4);
  const bytes = readFileSync(path);
  const whole = await JournalReader.open(path);
  const { entries } = await whole.read(whole.firstOffset, ALL);
  const begins = [whole.firstOffset, ...entries.map(({ nextOffset }) => nextOffset)];
  await whole.close();
  for (let at = whole.firstOffset; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 0x10;
    writeFileSync(path, changed);
    const reader = await JournalReader.open(path);
    const portion = await reader.read(reader.firstOffset, ALL);
    const record = begins.findLastIndex((offset) => offset <= at);
    const sound = [0, 1, 2, 3].filter((sequence) => sequence !== record);
    assert.equal(
      portion.entries.map(({ entry }) => entry.sequence),
      sound,
      `byte ${at}`,
    );
    const damage = portion.entries.find((placed) => placed.damage)?.damage ?? portion.damage;
    const isCut = portion.end?.kind === "incomplete";
    assert.is(isCut ? portion.end?.offset : damage?.offset, begins[record], `byte ${at}`);
    await reader.close();
  }
});

test("records of any size are read, also the first", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "acc-journal-")), "journal");
  const writer = await JournalWriter.create(path, encodeRecord(HEADER), () => {});
  const sizes = [3 << 20, 10, (1 << 20) - 200, 1 << 20, (1 << 20) + 1, 5 << 20, 10];
  for (const [sequence, size] of sizes.entries()) {
    const values = { text: "x".repeat(size) };
    writer.append(encodeRecord({ type: "metrics", sequence, values, context: { wallTimeMs: 0 } }));
  }
  await writer.close();
  const reader = await JournalReader.open(path);
  const seen: number[] = [];
  for (let offset = reader.firstOffset; ; ) {
    const { entries, end } = await reader.read(offset, { limit: 2, limitBytes: 1 << 20 });
    for (const { entry, nextOffset } of entries) {
      seen.push((entry as unknown as { values: { text: string } }).values.text.length);
      offset = nextOffset;
    }
    if (end) break;
  }
  await reader.close();
  assert.equal(seen, sizes);
});

test("is read in portions from any entry on", async () => {
  const reader = await JournalReader.open(await written(1000));
  let offset = reader.firstOffset;
  const seen: number[] = [];
  for (;;) {
    const { entries, end } = await reader.read(offset, { limit: 7, limitBytes: 1 << 20 });
    for (const { entry, nextOffset } of entries) {
      seen.push(entry.sequence);
      offset = nextOffset;
    }
    if (end) break;
  }
  assert.equal(
    seen,
    Array.from({ length: 1000 }, (_, i) => i),
  );
  await reader.close();
});

test.run();
