import type { ExpectedDifference, Json } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { pythonOf } from "@acc/test-kit/peers/python";

const python = pythonOf("packages/trackers/clearml/test/fixtures/requirements.txt");

const point = (iter: number, metric: string, value: Json): Json => ({
  ...{ type: "training_stats_scalar", iter, metric, variant: "train", value },
});
const bars = (iter: number, metric: string): Json => ({
  ...{ type: "plot", iter, metric, variant: "train", plot_str: { data: [{ type: "bar" }] } },
});

/** As docs/trackers/clearml.md lists them. */
const expected: ExpectedDifference[] = [
  {
    scenario: "*",
    path: ["configuration", "General", "value"],
    reason: "JSON instead of HOCON's short form: the same values, read by ClearML's own parser",
  },
  {
    scenario: "*",
    path: ["hyperparams", "General"],
    reason: "the configuration is recorded as hyperparameters too, by which ClearML compares tasks",
  },
  {
    scenario: "values",
    path: ["events"],
    ours: [
      point(0, "float", 0.5),
      point(1, "float_whole", 2),
      point(2, "int", 3),
      point(3, "big_int", { $: "bigint", v: "9007199254740992" }),
      point(4, "bool_true", 1),
      point(5, "bool_false", 0),
      point(7, "dict/a", 0.25),
      point(7, "dict/b", 4),
      point(8, "dict_deep/a/b", 1.5),
      point(10, "tensor0d", 0.75),
      point(11, "tensor0d_int", 7),
      point(12, "tensor1", 1.5),
      bars(13, "tensor1d"),
      point(14, "np_float32", 0.5),
      point(15, "np_float64", 0.5),
      point(16, "np_int64", 5),
      point(17, "np_bool", 1),
      bars(21, "list"),
      point(23, "precise", 0.1),
      point(24, "tiny", 1e-45),
    ],
    reason: "nested values, tensors and lists are recorded; NaN and infinities are text and not 0",
  },
  {
    scenario: "mixed",
    path: ["events"],
    ours: [
      point(0, "first", 1.5),
      point(0, "flag", 1),
      point(0, "group/a", 0.5),
      point(0, "last", 2.5),
    ],
    reason: "nested values are recorded",
  },
  {
    scenario: "mixed-bad",
    path: ["events"],
    ours: [
      ...[point(0, "first", 1.5), bars(0, "bad"), point(0, "last", 2.5)],
      ...[point(1, "first", 3.5), point(1, "last", 4.5)],
    ],
    reason: "a list of numbers is a plot",
  },
  {
    scenario: "mutation",
    path: ["events"],
    ours: [point(0, "m", 1.5), point(0, "d/a", 0.5)],
    reason: "nested values are recorded",
  },
  {
    scenario: "after-finish",
    path: ["errors", "log 2"],
    ours: "thrown",
    reason: "log after endTraining is an error of the program",
  },
  {
    scenario: "media-clearml",
    path: ["events"],
    reason: "a list of images is recorded, one series each",
  },
  {
    scenario: "media-clearml",
    path: ["data_files"],
    ours: 3,
    reason: "a list of images is recorded, one series each",
  },
  {
    scenario: "media-clearml",
    path: ["errors", "log_images 1"],
    ours: undefined,
    reason: "a list of images is recorded, one series each",
  },
];

const test = parityTest("ClearML against Accelerate", { tracker: "clearml", python, expected });

test.run();
