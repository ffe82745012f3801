/** Loaders with samplers, masks of real samples, and collected results, on real replicas. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../../launch/launch-calls.ts";
import type { Case, Read } from "../fixtures/sampled.ts";
import { CASES, script, testSampled } from "./test-sampled.ts";

const test = suite("samplers, masks and collected results on replicas");
for (const worldSize of [1, 2, 3]) testSampled(test, worldSize);

test("an epoch with a sampler goes on on another number of replicas", async () => {
  const part: Case = { ...CASES.stopped, stopAfter: 3 } as Case;
  const { stopAfter: _, ...whole } = part;
  const [[full] = [], [begun] = []] = await launchCalls<Read>(script, 1, [[whole], [part]]);
  const state = begun?.state;
  assert.ok(state);
  const other: Case = { ...whole, sampler: "subset", state };
  for (const worldSize of [2, 3]) {
    const calls = [[{ ...whole, state }], [other]];
    const [ranks = [], refused = []] = await launchCalls<Read>(script, worldSize, calls);
    for (const { error } of refused) assert.match(error, /^CHECKPOINT_DATA_CHANGED/);
    const order = full?.collected[0]?.tensors ?? [];
    // Without `backward` a batch counts as consumed when the next one is asked for: the third one is given again.
    assert.is(state.cursor, 4);
    for (const { collected, error } of ranks) {
      assert.is(error, "");
      assert.equal(collected[0]?.tensors, order.slice(4));
    }
  }
});

test.run();
