import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { crc32 } from "../../src/journal/crc32.ts";
import { JournalReader, type PlacedEntry } from "../../src/journal/journal-reader.ts";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { JournalTail } from "../../src/journal/journal-tail.ts";
import { JournalWindow } from "../../src/journal/journal-window.ts";
import { JournalWriter } from "../../src/journal/journal-writer.ts";
import { RecordScanner } from "../../src/journal/record-scanner.ts";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) }); // the same cases in every run
const test = suite("following a journal");
const HEADER: JournalHeader = {
  ...{ type: "run", id: "0".repeat(32), projectName: "p", startedMs: 0 },
  ...{ loggingDir: undefined, script: undefined, trackers: [] },
};
const path = join(mkdtempSync(join(tmpdir(), "acc-following-")), "journal");
const ALL = 1 << 30;

/** A journal with records of every size, and values that JSON lacks. @returns its bytes. */
async function written(count: number, id = HEADER.id): Promise<Buffer> {
  rmSync(path, { force: true });
  const writer = await JournalWriter.create(path, encodeRecord({ ...HEADER, id }), () => {});
  for (let sequence = 0; sequence < count; sequence++) {
    const values = {
      x: sequence % 3 === 0 ? Number.NaN : sequence,
      text: '},{"type":"metrics"'.repeat(sequence % 7 === 0 ? 5000 : 1),
      $: "a key of the user's own",
    };
    writer.append(encodeRecord({ type: "metrics", sequence, values, context: { wallTimeMs: 0 } }));
  }
  await writer.close();
  return readFileSync(path);
}

/** Every entry, record by record. */
async function oneByOne(): Promise<{ entries: PlacedEntry[]; end: unknown }> {
  const { firstOffset } = await JournalTail.open(path);
  const file = await open(path, "r");
  try {
    const scanner = new RecordScanner(new JournalWindow(file));
    const entries: PlacedEntry[] = [];
    let least = 0;
    for (let at = firstOffset; ; ) {
      const found = await scanner.next(at);
      const skipped = found.damage && { damage: found.damage };
      if (found.kind !== "record") return { entries, end: { ...found } };
      at = found.nextOffset;
      if (found.record.type === "run" || found.record.sequence < least) continue;
      least = found.record.sequence + 1;
      entries.push({ entry: found.record, nextOffset: at, ...skipped });
    }
  } finally {
    await file.close();
  }
}

/** What was added, and how reading went. */
async function grown(tail: JournalTail): Promise<{ entries: PlacedEntry[]; isReplaced?: true }> {
  const entries: PlacedEntry[] = [];
  return { ...(await tail.next(ALL, (placed) => entries.push(placed))), entries };
}

test("the sum of any bytes is that of zlib", () => {
  const bytes = fc.uint8Array({ maxLength: 5000, size: "max" });
  fc.assert(
    fc.property(bytes, fc.nat(0xffffffff), (data, before) => {
      assert.is(crc32(data, before), zlibCrc32(data, before));
    }),
  );
});

test("what is read in batches is what is read record by record, however the file is damaged", async () => {
  const whole = await written(40);
  const change = fc.record({
    at: fc.nat(whole.length - 1),
    length: fc.oneof(fc.constant(1), fc.nat(3000)),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.constantFrom("0", "7", "a").map((text) => Buffer.from(text)), // often JSON still
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 3 }), async (changes) => {
      let bytes = whole;
      for (const { at, length, bytes: put } of changes) {
        // The header stays: without it there is no run.
        const start = Math.max(200, at % bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + length)]);
      }
      writeFileSync(path, bytes);
      const expected = await oneByOne();
      const reader = await JournalReader.open(path);
      const { entries } = await reader.read(reader.firstOffset, { limit: ALL, limitBytes: ALL });
      await reader.close();
      assert.equal(entries, expected.entries);
    }),
    { numRuns: 150 },
  );
});

test("a journal that grows byte by byte gives every entry once, as soon as it is whole", async () => {
  const whole = await written(12);
  const { entries } = await oneByOne();
  const header = whole.indexOf('{"type":"metrics"') - 8;
  const cuts = [header, ...[5, 9, 100, 1, 7, 30_000, 90_000, 3].map((step) => step)];
  writeFileSync(path, whole.subarray(0, header));
  const tail = await JournalTail.open(path);
  const seen: PlacedEntry[] = [];
  let length = header;
  for (let i = 1; length < whole.length; i++) {
    const next = Math.min(whole.length, length + (cuts[1 + (i % (cuts.length - 1))] as number));
    appendFileSync(path, whole.subarray(length, next));
    length = next;
    const growth = await grown(tail);
    assert.not(growth.isReplaced);
    seen.push(...growth.entries);
    const due = entries.filter(({ nextOffset }) => nextOffset <= length).length;
    assert.is(seen.length, due);
  }
  assert.equal(seen, entries);
  assert.equal(await tail.at(tail.firstOffset), entries[0]);
  assert.equal(await grown(tail), { isEnd: true, entries: [] });
});

test("a half record that is written over, as after a failed write, is read anew", async () => {
  const whole = await written(3);
  const { entries } = await oneByOne();
  const last = entries.at(-2)?.nextOffset as number;
  writeFileSync(path, Buffer.concat([whole.subarray(0, last), Buffer.alloc(40, 7)]));
  const tail = await JournalTail.open(path);
  assert.is((await grown(tail)).entries.length, 2);
  writeFileSync(path, whole); // the same file: it is not replaced
  const growth = await grown(tail);
  assert.equal(growth.entries, entries.slice(-1));
});

test("another file, a shorter one, and none are noticed", async () => {
  const whole = await written(3);
  const tail = await JournalTail.open(path);
  await grown(tail);
  writeFileSync(path, whole.subarray(0, whole.length - 10));
  assert.ok((await grown(tail)).isReplaced);
  await written(5, "1".repeat(32));
  assert.ok((await grown(tail)).isReplaced);
  rmSync(path);
  try {
    await grown(tail);
    assert.unreachable("it is gone");
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, "ENOENT");
  }
});

test.run();
