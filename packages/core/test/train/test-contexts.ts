import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";

const script = new URL("./fixtures/contexts.ts", import.meta.url);
const CALLS = ["failures", "lateStep", "breaks", "brokenWindows", "models", "settings"].map(
  (name) => [name],
);
const run = sharedLaunches<unknown>(script, { 1: CALLS, 2: CALLS, 3: CALLS, 4: CALLS });

const close = (actual: unknown, expected: number) =>
  assert.ok(Math.abs(Number(actual) - expected) < 1e-5, `${actual} is not ${expected}`);

/** Tests what errors, early ends and changed settings leave on so many replicas. */
export function testContexts(test: Test, P: number): void {
  const ranks = Array.from({ length: P }, (_, rank) => rank);
  const mean = (P + 1) / 2;

  test(`a body that fails leaves the exchange as it was: ${P} replicas`, async () => {
    for (const [rank, left] of (await run(P, "failures")).entries()) {
      const own = (rank + 1) / 2; // each backward is halved by the two steps of a window
      // Outside of accumulate a window is one backward, so what came before stays in the gradient.
      assert.equal(left, [
        ["accumulate", "of the body", own, 3, mean + own],
        ["noSync", "of the body", own, 2, 1.5 * mean],
        ["triggerSyncInBackward", "of the body", mean / 2, 2, 1.5 * mean],
        ["localSgd", "of the body", own, 2, 1.5 * mean],
      ]);
    }
  });

  test(`a step behind the end of localSgd is refused: ${P} replicas`, async () => {
    for (const code of await run(P, "lateStep")) assert.is(code, "STATE_INVALID");
  });

  test(`joinUnevenInputs ends loops that are left at different places: ${P} replicas`, async () => {
    // Rank r makes r + 1 steps, of the samples r, r + P, r + 2 P, …
    const gradients = ranks.map((step) =>
      ranks.filter((rank) => rank >= step).reduce((sum, rank) => sum + rank + step * P, 0),
    );
    const weight = gradients.reduce((value, sum) => value - sum / P, 1);
    for (const [rank, result] of (await run(P, "breaks")).entries()) {
      const [steps, w, gradient, evenBatches] = result as unknown[];
      assert.equal([steps, evenBatches], [rank + 1, false]);
      close(w, weight);
      close(gradient, mean);
    }
  });

  test(`a break in the middle of a window carries it on: ${P} replicas`, async () => {
    for (const result of await run(P, "brokenWindows")) {
      const [flags, w, ...state] = result as unknown[];
      assert.is(flags, "FFFTFFFTF");
      assert.equal(state, [false, false, -1]);
      // Batches 0 1 2 | 0, then 1 2 | 0 1 of each pass; batch b of all ranks has the mean b P + (P - 1) / 2.
      const batch = (b: number) => b * P + (P - 1) / 2;
      const windows = [
        [0, 1, 2, 0],
        [1, 2, 0, 1],
      ].map((list) => list.reduce((sum, b) => sum + batch(b), 0));
      close(w, 1 - ((windows[0] as number) + (windows[1] as number)) / 4);
    }
  });

  test(`models have the weights of rank 0, one place, and names without prefix: ${P} replicas`, async () => {
    for (const result of await run(P, "models")) {
      assert.equal(result, {
        isSame: true,
        dict: [["of-a-user", 5]],
        isLive: true,
        unnamed: true,
        files: ["model.safetensors", "model_1.safetensors"],
      });
    }
  });

  test(`settings can change between two prepares: ${P} replicas`, async () => {
    const results = await run(P, "settings");
    for (const [rank, result] of results.entries()) {
      const rest = P === 1 ? [[1]] : [[rank === 0 ? P : rank - 1]];
      const own = P === 1 || rank === 0 ? [[P]] : [];
      const tail = P === 1 ? [2] : [rank === 0 ? 2 * P : rank - 1];
      assert.equal(result, {
        padded: [[rank], ...rest],
        uneven: [[rank], ...own],
        split: [[rank]],
        dispatched: [[2 * rank, 2 * rank + 1], tail],
      });
    }
  });
}
