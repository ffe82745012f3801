import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Scheduled } from "./fixtures/on-replicas.ts";

const script = new URL("./fixtures/on-replicas.ts", import.meta.url);
const CALLS = [true, false].flatMap((split) => [true, false].map((coupled) => [split, coupled]));

/** Tests how often a prepared schedule steps, with `splitBatches` and without. */
export function testOnReplicas(test: Test, counts: readonly number[]): void {
  const run = sharedLaunches<Scheduled>(
    script,
    Object.fromEntries(counts.map((count) => [count, CALLS])),
  );

  for (const count of counts) {
    test(`step as often as Accelerate's, with splitBatches and without: ${count} replicas`, async () => {
      for (const [split, coupled] of CALLS) {
        // Two batches in an epoch, which are one window.
        const raw = split ? 1 : count;
        const steps = coupled ? [0, raw, raw, 2 * raw] : [1, 2, 3, 4];
        for (const { rates, batches } of await run(count, split, coupled)) {
          assert.is(batches, 2);
          const rounded = rates.map((rate) => Math.round(rate * 100));
          assert.equal(
            rounded,
            steps.map((step) => 100 - step),
            `splitBatches ${split}, stepSchedulerWithOptimizer ${coupled}`,
          );
        }
      }
    });
  }
}
