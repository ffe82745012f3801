import { differ } from "@acc/test-kit/parity/differ";
import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { pythonOf } from "@acc/test-kit/peers/python";

const python = pythonOf("packages/trackers/tensorboard/test/fixtures/requirements.txt");

const RUN = "proj/parity";
const SUBRUN = "proj/parity/<time>";

/** The same list, in words, is in docs/trackers/tensorboard.md. */
const expected: readonly ExpectedDifference[] = [
  ...differ(
    "*",
    "hparams are part of the run, not of a run beside it that has no metrics",
    ["runs", RUN, "hparams"],
    ["runs", SUBRUN],
    ["hparams_yml", `${SUBRUN}/hparams.yml`],
    ["hparams_yml", `${RUN}/hparams.yml`],
  ),
  ...differ(
    ["config-nested", "config-list", "config-objects", "mutation"],
    "a configuration may hold objects, lists and tensors; there it is an error",
    ["errors", "init_trackers"],
  ),
  ...[
    ...[["steps", 3, 3] as const, ["steps", 6, 2] as const],
    ...[["steps-auto", 1, 1] as const, ["steps-auto", 2, 3] as const],
  ].map(([scenario, point, step]) => ({
    ...{ scenario, path: ["runs", RUN, "scalars", "m", String(point), "0"], ours: step },
    reason: "without a step, values go to the step after the last; there to step 0",
  })),
  {
    ...{ scenario: "steps-auto", path: ["runs", RUN, "scalars", "n", "0", "0"], ours: 2 },
    reason: "without a step, values go to the step after the last; there to step 0",
  },
  ...differ(
    "steps-odd",
    "accelerator.log refuses a step that is no integer",
    ["errors", "log 1"],
    ["errors", "log 3"],
    ["runs", RUN, "scalars", "m"],
  ),
  ...differ(
    ["values", "mixed", "mutation"],
    "nested values are tags name/part of the run; there runs name_part beside it",
    ...["dict/a", "dict/b", "dict_deep/a/b", "group/a", "d/a"].map((tag) => [
      ...["runs", RUN, "scalars", tag],
    ]),
    ...["dict_a", "dict_b", "group_a", "d_a"].map((name) => ["runs", `${RUN}/${name}`]),
  ),
  ...differ(
    "values",
    "what is nested deeper, and texts in objects, are recorded; there they are errors that leave empty runs",
    ["runs", RUN, "tensors", "dict_string/a/text_summary"],
    ["runs", `${RUN}/dict_deep_a`],
    ["runs", `${RUN}/dict_string_a`],
    ["errors", "log 8"],
    ["errors", "log 9"],
  ),
  ...differ(
    "values",
    "tensors of one element and every NumPy scalar are numbers; there they are dropped",
    ...["tensor1", "np_float32", "np_int64", "np_bool"].map((tag) => [
      ...["runs", RUN, "scalars", tag],
    ]),
  ),
  ...differ(
    "after-finish",
    "accelerator.log throws after endTraining",
    ["errors", "log 2"],
    ["runs", RUN, "scalars", "m"],
  ),
  {
    ...{ scenario: "media-tensorboard", ours: "L" },
    path: ["runs", RUN, "images", "gray", "0", "1", "mode"],
    reason: "an image of one channel is a gray PNG of the same pixels; there three equal channels",
  },
];

const test = parityTest("TensorBoard against Accelerate", {
  tracker: "tensorboard",
  python,
  expected,
});

test.run();
