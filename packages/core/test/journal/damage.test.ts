import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checksum, FRAME_BYTES, PREAMBLE_BYTES } from "../../src/journal/journal-format.ts";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { HEADER, lossesOf, makeJournal, SEED, testDamage } from "./test-damage.ts";

/** A record with a right checksum, whatever it says. */
function framed(record: object): Buffer {
  const payload = encodeRecord(record as JournalHeader);
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(checksum(frame.subarray(0, 4), payload), 4);
  return Buffer.concat([frame, payload]);
}

const test = suite(`damaged journals (SEED=${SEED})`);

testDamage(test, 500);

test("a damaged end is told, also where the journal begins again behind it", async () => {
  const losses = await lossesOf((journal) => {
    const half = journal.subarray(0, journal.length - 20);
    return Buffer.concat([half, half]);
  });
  assert.is(losses?.events, 0);
  assert.is(losses?.damages.length, 1);
});

test("a record without a number is damage, and a header that makes no sense is refused", async () => {
  const nothing = framed({ type: "metrics", values: { i: 1 }, context: { wallTimeMs: 0 } });
  const losses = await lossesOf((journal) => Buffer.concat([journal, nothing]));
  assert.equal([losses?.damages[0]?.reason, losses?.count], ["it has no type or no number", 40]);
  const tracker = { name: "service", delivers: true, options: {} };
  for (const [wrong, place] of [
    [{ id: "../../etc" }, /its id/],
    [{ startedMs: "today" }, /its startedMs/],
    [{ script: 5 }, /its script/],
    [{ trackers: null }, /its trackers/],
    [{ trackers: [tracker, { ...tracker, name: ["evil"] }] }, /tracker 1 of its trackers/],
    [{ trackers: [null] }, /tracker 0 of its trackers/],
  ] as const) {
    const error = await lossesOf((journal) =>
      Buffer.concat([journal.subarray(0, PREAMBLE_BYTES), framed({ ...HEADER, ...wrong })]),
    ).catch((fault) => fault);
    assert.is(error.code, "JOURNAL_INVALID");
    assert.match(error.message, place);
  }
});

test("of the journal of another run behind it nothing is read", async () => {
  const other = await makeJournal("1".repeat(32), 60);
  const losses = await lossesOf((journal) => Buffer.concat([journal, other]));
  assert.is(losses?.damages[0]?.reason, "the journal of another run begins there");
  assert.is(losses?.damages[0]?.bytes, other.length);
  assert.is(losses?.count, 40);
});

test.run();
