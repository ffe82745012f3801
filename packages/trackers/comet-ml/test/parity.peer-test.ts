import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { pythonOf } from "@acc/test-kit/peers/python";

const python = pythonOf("packages/trackers/comet-ml/test/fixtures/requirements.txt");

/** Listed with their reasons in docs/trackers/comet-ml.md too. */
const expected: readonly ExpectedDifference[] = [
  ...["file_name", "file_upload", "installed_packages", "os_packages", "system_details"].map(
    (type) => ({
      scenario: "*",
      path: ["types", type],
      reason: "it describes a Python process; the name and text of the script are left to the user",
    }),
  ),
  {
    scenario: "*",
    path: ["types", "parameter_msg"],
    reason: "arguments of the command line do not become parameters by themselves",
  },
  {
    scenario: "*",
    path: ["experiment", "user_provided_experiment_key"],
    ours: true,
    reason: "the key is ours, so that archive, service and a resumed run are one experiment",
  },
  ...["params", "metrics", "errors"].map((part) => ({
    scenario: "steps-odd",
    path: [part],
    reason: "a step that is no integer is an error of the caller's, thrown by log",
  })),
  {
    scenario: "after-finish",
    path: ["errors", "log 2"],
    ours: "thrown",
    reason: "log after endTraining is an error, for every tracker",
  },
  {
    scenario: "values",
    path: ["metrics"],
    ours: [
      ["float", 0, 0.5],
      ["float_whole", 1, 2],
      ["int", 2, 3],
      ["big_int", 3, "9007199254740993"],
      ["bool_true", 4, "True"],
      ["bool_false", 5, "False"],
      ["dict/a", 7, 0.25],
      ["dict/b", 7, 4],
      ["dict_deep/a/b", 8, 1.5],
      ["tensor0d", 10, 0.75],
      ["tensor0d_int", 11, 7],
      ["tensor1", 12, 1.5],
      ["np_float32", 14, 0.5],
      ["np_float64", 15, 0.5],
      ["np_int64", 16, 5],
      ["np_bool", 17, "True"],
      ["nan", 18, "NaN"],
      ["inf", 19, "Infinity"],
      ["neg_inf", 20, "-Infinity"],
      ["precise", 23, 0.1],
      ["tiny", 24, 1e-45],
    ],
    reason:
      "nested names keep their group, tensors and small arrays count as numbers, a bigint stays exact as text",
  },
  {
    scenario: "values",
    path: ["others"],
    ours: [
      ["offline_experiment", true],
      ["string", "hello **md**"],
      ["dict_string/a", "text"],
      ["tensor1d", "[1,2,3]"],
      ["list", "[1,2,3]"],
    ],
    reason: "texts and lists are kept as others, not dropped or made metrics",
  },
  { scenario: "values", path: ["types", "log_other"], ours: 5, reason: "as above" },
  {
    scenario: "mixed-bad",
    path: ["others"],
    ours: [
      ["offline_experiment", true],
      ["bad", "[1,2]"],
    ],
    reason: "a list is kept as an other",
  },
  { scenario: "mixed-bad", path: ["types", "log_other"], ours: 2, reason: "as above" },
  {
    scenario: "mixed",
    path: ["metrics", "2", "0"],
    ours: "group/a",
    reason: "nested names keep their group",
  },
  {
    scenario: "mutation",
    path: ["metrics", "1", "0"],
    ours: "d/a",
    reason: "nested names keep their group",
  },
];

const test = parityTest("Comet against Accelerate", {
  tracker: "comet_ml",
  python,
  expected,
  env: { COMET_AUTO_LOG_GIT_METADATA: "false" }, // Accelerate's calls were recorded outside of a checkout
});

test.run();
