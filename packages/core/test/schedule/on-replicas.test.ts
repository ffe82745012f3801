import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Scheduled } from "./fixtures/on-replicas.ts";

const test = suite("schedules on replicas");
const script = new URL("./fixtures/on-replicas.ts", import.meta.url);
const CALLS = [true, false].flatMap((split) => [true, false].map((coupled) => [split, coupled]));
const COUNTS = [1, 2, 3, 4];
const run = sharedLaunches<Scheduled>(
  script,
  Object.fromEntries(COUNTS.map((count) => [count, CALLS])),
);

for (const count of COUNTS) {
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

test.run();
