import { differ } from "@acc/test-kit/parity/differ";
import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { pythonOf } from "@acc/test-kit/peers/python";

const python = pythonOf("packages/trackers/dvclive/test/fixtures/requirements.txt");

const longKey = `${"k".repeat(200)}-17b16d8e`;

/** The same list, in words, is in docs/trackers/dvclive.md. */
const expected: readonly ExpectedDifference[] = [
  ...differ("config-keys", "long texts stay on the line of their key", ["params_yaml"]),
  ...differ(
    "config-objects",
    "a tensor of the configuration is its value; there it is an error that empties the file",
    ["params_yaml"],
    ["errors", "init_trackers"],
  ),
  ...differ(
    "steps-odd",
    "accelerator.log refuses a step that is no integer",
    ["errors", "log 1"],
    ["metrics_json"],
    ["tsv", "m.tsv"],
  ),
  ...differ(
    ["values", "mixed", "mutation"],
    "nested values are recorded as name/part; there they are dropped",
    ...["dict", "dict_deep", "dict_string", "group", "d"].map((key) => ["metrics_json", key]),
    ...["dict/a", "dict/b", "dict_deep/a/b", "dict_string/a", "group/a", "d/a"].map((file) => [
      ...["tsv", `${file}.tsv`],
    ]),
  ),
  ...differ(
    "values",
    "tensors of one element and NumPy booleans are numbers and booleans; there they are dropped",
    ...["tensor0d", "tensor0d_int", "tensor1", "np_bool"].flatMap((key) => [
      ["metrics_json", key],
      ["tsv", `${key}.tsv`],
    ]),
  ),
  {
    ...{ scenario: "values", path: ["tsv", "float_whole.tsv", "1", "1"], ours: "2" },
    reason: "JavaScript has no whole floats; 2 is read as 2.0 is",
  },
  ...differ(
    "keys",
    "a name that is a path stays in the folder, under one name in all files; there /lead is written to the root",
    ...[
      ["metrics_json", ""],
      ["metrics_json", "."],
      ["metrics_json", "lead"],
    ],
    ...[
      ["metrics_json", "_"],
      ["tsv", "_.tsv"],
      ["tsv", "lead.tsv"],
    ],
    ["tsv", "trail.tsv", "0", "1"],
  ),
  ...differ(
    "keys",
    "the metric step is recorded as step_value; there it overwrites the steps of its own file",
    ...[
      ["metrics_json", "step_value"],
      ["tsv", "step_value.tsv"],
      ["tsv", "step.tsv"],
    ],
  ),
  ...differ(
    "keys",
    "a name too long for a file is cut; there it is an error",
    ["errors", "log 17"],
    ["metrics_json", "step"],
    ["metrics_json", longKey],
    ["tsv", `${longKey}.tsv`],
  ),
  ...differ(
    "after-finish",
    "accelerator.log throws after endTraining",
    ...[["errors", "log 2"], ["metrics_json"], ["tsv", "m.tsv"]],
  ),
];

const test = parityTest("DVCLive against Accelerate", {
  tracker: "dvclive",
  python,
  expected,
});

test.run();
