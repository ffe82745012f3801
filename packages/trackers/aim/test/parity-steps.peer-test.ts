import { differ } from "@acc/test-kit/parity/differ";
import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { aimParityTest, metric } from "./parity.ts";

const SCENARIOS = new Set([
  "basic",
  "steps",
  "steps-auto",
  "steps-odd",
  "empty-log",
  "after-finish",
]);

/** The same list, in words, is in docs/trackers/aim.md. */
const expected: readonly ExpectedDifference[] = [
  ...differ(
    "steps-odd",
    "accelerator.log refuses a step that is no integer; there 1.5 becomes 1",
    ["runs", "0", "metrics", "m"],
    ["errors", "log 1"],
  ),
  ...differ(
    "after-finish",
    "accelerator.log throws after endTraining",
    ["errors", "log 2"],
    metric("m"),
  ),
];

const test = aimParityTest(
  "Aim beside Accelerate: steps",
  (scenario) => SCENARIOS.has(scenario),
  expected,
);

test.run();
