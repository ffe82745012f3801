import type { ExpectedDifference, Json } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { pythonOf } from "@acc/test-kit/peers/python";

const python = pythonOf("packages/trackers/trackio/test/fixtures/requirements.txt");

function differ(
  scenario: string,
  reason: string,
  path: readonly string[],
  ours: Json | undefined,
): ExpectedDifference {
  return { scenario, path: ["projects", "parity", "<run>", ...path], ours, reason };
}

function refuses(scenario: string, call: string, reason: string): ExpectedDifference {
  return { scenario, path: ["errors", call], ours: "thrown", reason };
}

const TENSORS = "a tensor is its value or a list; there it is skipped";
const STEPS = "accelerator.log refuses a step that is no integer; there the text is dropped";
const ENDED = "accelerator.log throws after endTraining; there it is recorded";

/** As docs/trackers/trackio.md lists them. */
const expected: readonly ExpectedDifference[] = [
  {
    scenario: "*",
    path: ["projects", "parity", "<run>", "config", "allow_val_change"],
    reason: "there an argument of the call becomes a value of the configuration",
  },
  differ("config-objects", TENSORS, ["config", "t"], 0.5),
  differ("values", TENSORS, ["logs", "10", "tensor0d"], 0.75),
  differ("values", TENSORS, ["logs", "11", "tensor0d_int"], 7),
  differ("values", TENSORS, ["logs", "12", "tensor1"], [1.5]),
  differ("values", TENSORS, ["logs", "13", "tensor1d"], [1, 2, 3]),
  differ(
    "steps-odd",
    STEPS,
    ["logs"],
    [
      { m: 1.5, step: -1 },
      { m: 3.5, step: 2147483648 },
    ],
  ),
  refuses("steps-odd", "log 1", STEPS),
  refuses("steps-odd", "log 3", STEPS),
  differ("after-finish", ENDED, ["logs"], [{ m: 1.5, step: 0 }]),
  refuses("after-finish", "log 2", ENDED),
];

const test = parityTest("Trackio against Accelerate", {
  tracker: "trackio",
  python,
  expected,
  atOnce: 2,
});

test.run();
