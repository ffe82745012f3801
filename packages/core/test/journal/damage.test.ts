import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lossesOf, makeJournal, SEED, testDamage } from "./test-damage.ts";

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

test("of the journal of another run behind it nothing is read", async () => {
  const other = await makeJournal("1".repeat(32), 60);
  const losses = await lossesOf((journal) => Buffer.concat([journal, other]));
  assert.is(losses?.damages[0]?.reason, "the journal of another run begins there");
  assert.is(losses?.damages[0]?.bytes, other.length);
  assert.is(losses?.count, 40);
});

test.run();
