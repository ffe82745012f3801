import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CheckpointPolicy } from "../../src/index.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { PolicyRun } from "./fixtures/policy.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("checkpoints by themselves");
const script = new URL("./fixtures/policy.ts", import.meta.url);

const callOf = (policy: CheckpointPolicy, options = {}) => [scratch(), policy, options] as const;
const EVERY_5 = [callOf({ everySteps: 5 }), callOf({ everySteps: 5 })] as const;
const ACCUMULATED = callOf({ everySteps: 2 }, { accumulate: 3 });
const BY_HAND = callOf({ everySteps: 5 }, { manualAt: 5 });
const BY_TIME = callOf({ everyMs: 150 }, { pauseMs: 40 });
const NONE = callOf({});
const SKIPPED = callOf({ everySteps: 1, whenBusy: "skip" });
const runAll = sharedLaunches<PolicyRun>(script, {
  1: [EVERY_5[0], ACCUMULATED, BY_HAND],
  2: [EVERY_5[1], BY_TIME, NONE, SKIPPED],
});

/** What all ranks have done alike. */
async function run(numProcesses: number, call: readonly unknown[]): Promise<PolicyRun> {
  const ranks = await runAll(numProcesses, ...call);
  for (const rank of ranks) assert.equal(rank, ranks[0]);
  return ranks[0] as PolicyRun;
}

for (const [i, call] of EVERY_5.entries()) {
  test(`every 5 steps, on ${i + 1} replica(s)`, async () => {
    assert.equal(await run(i + 1, call), { saved: [5, 10], iterations: 2 });
  });
}

test("counts steps of the optimizer, not batches", async () => {
  assert.equal((await run(1, ACCUMULATED)).saved, [2, 4]);
});

test("a save by hand at the same step is not repeated", async () => {
  assert.equal((await run(1, BY_HAND)).saved, [5, 10]);
});

test("by time, on all ranks at the same steps, although their clocks differ", async () => {
  const { saved, iterations } = await run(2, BY_TIME);
  assert.ok(saved.length >= 1 && saved.length <= 11, `${saved}`);
  assert.is(iterations, saved.length);
  assert.equal([...new Set(saved)], saved);
});

test("nothing without a policy", async () => {
  assert.equal(await run(2, NONE), { saved: [], iterations: 0 });
});

test("one that is due while another is being written may be skipped", async () => {
  const { saved } = await run(2, SKIPPED);
  assert.ok(saved.length >= 1 && saved.length <= 12, `${saved}`);
});

test.run();
