import { suite } from "uvu";
import type { ExpectedDifference } from "../../../../tools/peers/parity/parity.mjs";
import { python } from "./aim-server.ts";
import { compareScenarios, differ, metric } from "./parity.ts";

const test = suite("Aim beside Accelerate: steps");
const run = python ? test : test.skip; // what could not be installed, the installer said

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

run("are read back the same, save for what is listed", async () => {
  await compareScenarios((scenario) => SCENARIOS.has(scenario), expected);
});

test.run();
