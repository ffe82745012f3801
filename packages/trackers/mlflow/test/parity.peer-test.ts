import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ExpectedDifference,
  type Json,
  type Outcome,
  readBack,
  replayScenario,
  requireParity,
  scenariosOf,
} from "@acc/test-kit/parity/parity";
import { pythonOf } from "@acc/test-kit/peers/python";
import { startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RECORDING_TAG } from "../src/client/open-run.ts";

const TRACKER = "mlflow";
const test = suite("MLflow against Accelerate");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // the installer has reported what could not be installed

type ReadRun = {
  readonly experiment: string;
  readonly tags: readonly string[];
  readonly metrics: {
    readonly [name: string]: readonly (readonly [step: number, value: number])[];
  };
};

const SYSTEM_TAGS = ["runName", "source.name", "source.type", "user"].map((tag) => `mlflow.${tag}`);

type Scenario = string | readonly string[];

function differ(
  scenario: Scenario,
  reason: string,
  ...paths: readonly (readonly string[])[]
): ExpectedDifference[] {
  return paths.map((path) => ({ scenario, path: ["runs", "0", ...path], reason }));
}

/** Metrics that only our tracker records. */
function metrics(scenario: Scenario, reason: string, ...names: readonly string[]) {
  const paths = names.flatMap((name) => ["metrics", "latest"].map((part) => [part, name]));
  return differ(scenario, reason, ...paths);
}

/** Steps and values of the metric `m`, by their place in its history. */
function pin(scenario: string, reason: string, places: Readonly<Record<string, number>>) {
  return Object.entries(places).map(([place, ours]): ExpectedDifference => {
    return { scenario, path: ["runs", "0", "metrics", "m", ...place.split(",")], ours, reason };
  });
}

/** Texts that only our tracker records: the last is a tag, each is a file. */
function texts(
  scenario: string,
  before: readonly string[],
  after: readonly string[],
  files: Json[],
): ExpectedDifference[] {
  const reason = "texts and lists are tags and files; there they are dropped";
  const tags = [RECORDING_TAG, ...before, ...SYSTEM_TAGS, ...after];
  return [
    { scenario, path: ["runs", "0", "tags"], ours: tags, reason },
    { scenario, path: ["runs", "0", "artifacts"], ours: files, reason },
  ];
}

/** The same list, in words, is in docs/trackers/mlflow.md. */
const expected: readonly ExpectedDifference[] = [
  {
    ...{ scenario: "*", path: ["runs", "0", "tags"], ours: [RECORDING_TAG, ...SYSTEM_TAGS] },
    reason: "a tag tells which recording made the run, so that it is never made twice",
  },
  ...differ(
    ["config-nested", "mutation"],
    "nested parameters are one each, a/b, which MLflow can search and compare",
    ...["opt", "opt/name", "opt/beta", "opt/deep/a", "d", "d/a"].map((key) => ["params", key]),
  ),
  ...differ("config-objects", "a tensor is its value", ["params", "t"]),
  ...pin("steps", "without a step, values go to the step after the last one", {
    ...{ "3,0": 3, "6,0": 2 },
  }),
  ...pin("steps-auto", "without a step, values go to the step after the last one", {
    ...{ "1,0": 1, "2,0": 3 },
  }),
  ...differ("steps-auto", "without a step, values go to the step after the last one", [
    ...["metrics", "n", "0", "0"],
  ]),
  ...differ("steps-odd", "accelerator.log refuses a step that is no integer", ["metrics", "m"]),
  {
    ...{ scenario: "steps-odd", path: ["errors", "log 1"], ours: "thrown" },
    reason: "accelerator.log refuses a step that is no integer",
  },
  ...metrics(
    ["values", "mixed", "mutation"],
    "numbers of nested values are metrics name/part; there they are dropped",
    ...["dict/a", "dict/b", "dict_deep/a/b", "group/a", "d/a"],
  ),
  ...metrics(
    "values",
    "tensors of one element and NumPy numbers are metrics; there they are dropped",
    ...["tensor0d", "tensor0d_int", "tensor1", "np_bool", "np_float32", "np_int64"],
  ),
  ...texts(
    "values",
    ["dict_string/a", "list"],
    ["string", "tensor1d"],
    [
      ...[
        ["texts/dict_string~a/step_9_9.txt", 4],
        ["texts/list/step_21_21.txt", 7],
      ],
      ...[
        ["texts/string/step_6_6.txt", 12],
        ["texts/tensor1d/step_13_13.txt", 7],
      ],
    ],
  ),
  ...texts("mixed", [], ["text"], [["texts/text/step_0_0.txt", 2]]),
  ...texts("mixed-bad", ["bad"], [], [["texts/bad/step_0_0.txt", 5]]),
  ...metrics(
    "keys",
    "a name that MLflow does not take is mended; there it is an error",
    ...["a/b", "lead", "trail", "_", `${"k".repeat(241)}_17b16d8e`],
  ),
  ...[13, 14, 15, 16, 17].map((call) => ({
    ...{ scenario: "keys", path: ["errors", `log ${call}`], ours: undefined },
    reason: "a name that MLflow does not take is mended; there it is an error",
  })),
  {
    ...{ scenario: "after-finish", path: ["runs"] },
    reason: "accelerator.log throws after endTraining; there it starts another run",
  },
  {
    ...{ scenario: "after-finish", path: ["errors", "log 2"], ours: "thrown" },
    reason: "accelerator.log throws after endTraining; there it starts another run",
  },
  ...differ("media-mlflow", "the figure is a file of another size", ["artifacts", "4", "1"]),
];

run("the same calls are read back the same, except for what is listed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-mlflow-parity-"));
  // The reader opens the database: it finds artifacts where the server names a folder.
  const server = await startMlflowServer(python as string, {
    folder,
    args: ["--no-serve-artifacts", "--default-artifact-root", join(folder, "files")],
  });
  try {
    const errors: Record<string, Outcome["errors"]> = {};
    for (const scenario of scenariosOf(TRACKER)) {
      const env = { MLFLOW_TRACKING_URI: server.uri, MLFLOW_EXPERIMENT_NAME: scenario };
      ({ errors: errors[scenario] } = await replayScenario(
        TRACKER,
        scenario,
        join(folder, scenario),
        env,
      ));
    }
    const { runs } = (await readBack(TRACKER, folder, python as string)) as { runs: ReadRun[] };
    const outcomes = Object.fromEntries(
      Object.entries(errors).map(([scenario, thrown]) => {
        const own = runs.filter(({ experiment }) => experiment === scenario).map(asRecorded);
        return [scenario, { errors: thrown, recorded: { runs: own } }];
      }),
    );
    assert.is(runs.length, Object.keys(outcomes).length, "one run each");
    requireParity(TRACKER, outcomes, expected);
  } finally {
    await server.remove();
  }
});

/**
 * The recorded scripts lay outside of a git checkout, and each had a server of its own. Points of one millisecond come in
 * any order; the values of these metrics count the calls.
 */
function asRecorded(run: ReadRun): ReadRun {
  const tags = run.tags.filter((tag) => !tag.startsWith("mlflow.source.git."));
  const { m, ...others } = run.metrics;
  const inOrder = m && [...m].sort(([, a], [, b]) => a - b);
  return {
    ...run,
    experiment: "parity",
    tags,
    metrics: inOrder ? { m: inOrder, ...others } : others,
  };
}

test.run();
