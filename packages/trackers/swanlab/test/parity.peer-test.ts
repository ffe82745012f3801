import { differ } from "@acc/test-kit/parity/differ";
import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { pythonOf } from "@acc/test-kit/peers/python";

const python = pythonOf("packages/trackers/swanlab/test/fixtures/requirements.txt");

/** The same list, in words, is in docs/trackers/swanlab.md. */
const expected: readonly ExpectedDifference[] = [
  ...differ(
    "*",
    "the configuration holds what the user gave: neither a key that names Accelerate nor an argument of a call",
    ["config_yaml", "FRAMEWORK"],
    ["config_yaml", "allow_val_change"],
    ["config_yaml", "*", "sort"],
  ),
  {
    ...{ scenario: "config-none", path: ["config_yaml", "ckpt", "value"], ours: null },
    reason: "null is no empty object",
  },
  ...differ(
    "config-objects",
    "numbers of NumPy and tensors are numbers; there they are texts",
    ["config_yaml", "n", "value"],
    ["config_yaml", "t", "value"],
  ),
  ...differ(
    "steps-odd",
    "a value with a negative step is recorded at the next one; there it is dropped",
    ["records"],
  ),
  ...differ(
    "steps-odd",
    "a step that is no integer is an error of the call; there its values are dropped",
    ["errors"],
  ),
  ...differ(
    ["values", "mixed"],
    "a text is a text panel; there it is dropped",
    ["records"],
    ["media"],
  ),
  ...differ(
    "media-swanlab",
    "PNG encoders differ, and files are named after their bytes; a single image is one, there it must be in a list",
    ["records"],
    ["media"],
    ["errors"],
  ),
];

const test = parityTest("SwanLab against Accelerate", {
  tracker: "swanlab",
  python,
  expected,
  atOnce: 2, // as many as keep two processors busy
});

test.run();
