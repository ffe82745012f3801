/** One line per thing that users get wrong: every one has a code of its own, and a message that says what to do. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Accelerator,
  AcceleratorError,
  type BackendName,
  DataLoader,
  type ErrorCode,
  findExecutableBatchSize,
  GeneralTracker,
  getLogger,
  launch,
  progress,
  recursivelyApply,
  setSeed,
} from "../src/index.ts";
import { sharedLaunches } from "./launch/launch-calls.ts";

const test = suite("bad input");
const fixture = (name: string) => new URL(`./launch/fixtures/${name}`, import.meta.url);
const directory = mkdtempSync(join(tmpdir(), "acc-bad-"));

class QuietTracker extends GeneralTracker {
  readonly name = "quiet";
  readonly requiresLoggingDirectory: boolean;
  readonly tracker = undefined;

  constructor(requiresLoggingDirectory = false) {
    super();
    this.requiresLoggingDirectory = requiresLoggingDirectory;
  }

  override storeInitConfiguration(): void {}

  override log(): void {}
}

function scriptOf(code: string): string {
  const path = join(directory, `script-${Math.random()}.mjs`);
  writeFileSync(path, code);
  return path;
}

/** Runs `body` in a step of a loader with one prepared variable. */
async function inStep(
  body: (accelerator: Accelerator, weight: tf.Variable) => unknown,
): Promise<void> {
  const accelerator = new Accelerator();
  const weight = tf.variable(tf.tensor1d([1, 2]));
  const [, loader] = await accelerator.prepare({ weight }, new DataLoader<tf.Tensor1D>([1]));
  for await (const _ of loader) await body(accelerator, weight);
}

async function logging(accelerator: Accelerator): Promise<Accelerator> {
  await accelerator.initTrackers("project");
  return accelerator;
}

/** Calls that take a function, with something else. */
const FUNCTION_CALLS: [what: string, act: (value: never) => unknown][] = [
  ["findExecutableBatchSize", (value) => findExecutableBatchSize(value)],
  ["recursivelyApply", (value) => recursivelyApply(value, [])],
  ["compileStep", (value) => new Accelerator().compileStep(value)],
  ["noGrad", (value) => new Accelerator().noGrad(value)],
  ["onMainProcess", (value) => new Accelerator().onMainProcess(value)],
  ["onLocalMainProcess", (value) => new Accelerator().onLocalMainProcess(value)],
  ["onLastProcess", (value) => new Accelerator().onLastProcess(value)],
  ["onProcess", (value) => new Accelerator().onProcess(1, value)],
  ["mainProcessFirst", (value) => new Accelerator().mainProcessFirst(value)],
];

/** Calls whose argument has a name in Python, and none here. */
const NAMED: [example: string, act: () => unknown][] = [
  [
    'reduce(value, "mean")',
    () => new Accelerator().reduce(tf.scalar(1), { reduction: "mean" } as never),
  ],
  [
    "broadcast(value, 0)",
    () => new Accelerator().broadcast(tf.scalar(1), { fromProcess: 0 } as never),
  ],
  [
    "broadcastObject(value, 0)",
    () => new Accelerator().broadcastObject(1, { fromProcess: 0 } as never),
  ],
  ["onProcess(1, fn)", () => new Accelerator().onProcess({ index: 1 } as never, () => {})],
  ["setSeed(42)", () => setSeed({ seed: 42 } as never)],
];

const printed = (value: unknown) => (typeof value === "string" ? `"${value}"` : String(value));

const CASES: [what: string, code: ErrorCode, message: RegExp, act: () => unknown][] = [
  ...FUNCTION_CALLS.map(([call, act]): (typeof CASES)[number] => [
    `${call} without a function`,
    "OPTION_INVALID",
    new RegExp(`^${call} needs a function, got an object\\.$`),
    () => act({ startingBatchSize: 64 } as never),
  ]),
  ...NAMED.map(([example, act]): (typeof CASES)[number] => [
    `${example} with the name that it has in Python`,
    "OPTION_INVALID",
    new RegExp(`got an object; pass the value itself: ${example.replace(/[()]/g, "\\$&")}`),
    act,
  ]),
  [
    "a progress bar of Python's order",
    "OPTION_INVALID",
    /progress needs something to iterate, got true/,
    () => progress(true as never),
  ],
  [
    "a logger without a name",
    "OPTION_INVALID",
    /getLogger needs a name, such as "train", got object/,
    () => getLogger({ level: "info" } as never),
  ],
  ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1000].map(
    (numProcesses): (typeof CASES)[number] => [
      `${numProcesses} processes`,
      "NUM_PROCESSES_INVALID",
      new RegExp(`integer from 1 to 256, got ${numProcesses}`),
      () => launch(fixture("results.ts"), { numProcesses }),
    ],
  ),
  [
    "launch with null",
    "OPTION_INVALID",
    /^launch: the options must be an object .*, got null\.$/,
    () => launch(fixture("results.ts"), null as never),
  ],
  [
    "a script that is not there",
    "SCRIPT_NOT_FOUND",
    /no training script at .*missing\.ts.*Pass the path/,
    () => launch("missing.ts"),
  ],
  [
    "a script with a syntax error",
    "SCRIPT_INVALID",
    /script-.* cannot be parsed: Unexpected token.*script-.*\.mjs:2/,
    () => launch(scriptOf("const a = 1;\nconst b = ;\n"), { numProcesses: 1 }),
  ],
  [
    "two scripts at once",
    "LAUNCH_IN_PROGRESS",
    /await it first/,
    async () => {
      const first = launch(fixture("results.ts"), { numProcesses: 1 });
      await launch(fixture("results.ts"), { numProcesses: 1 }).finally(() => first);
    },
  ],
  [
    "a backend that does not exist",
    "OPTION_INVALID",
    /no backend "cuda"; choose one of auto/,
    () => new Accelerator({ backend: "cuda" as BackendName }).prepare(null),
  ],
  [
    "a model without variables",
    "MODEL_INVALID",
    /no variables/,
    () => new Accelerator().prepare({ variables: [] }),
  ],
  [
    "a loss that is no scalar",
    "LOSS_INVALID",
    /must be a scalar, got shape \[2\]. Reduce it/,
    () => inStep((accelerator, weight) => accelerator.backward(tf.square(weight) as tf.Scalar)),
  ],
  [
    "a loss that no variable leads to",
    "LOSS_UNCONNECTED",
    /does not depend on any variable.*Compute it/,
    () => inStep((accelerator) => accelerator.backward(tf.scalar(1))),
  ],
  [
    "a loss before anything is prepared",
    "STATE_INVALID",
    /no model is prepared. Pass it/,
    () => new Accelerator().backward(() => tf.scalar(1)),
  ],
  ...[-1, Number.NaN, "1" as unknown as number].map((limit): (typeof CASES)[number] => [
    `gradients clipped to ${JSON.stringify(limit)}`,
    "OPTION_INVALID",
    new RegExp(`clipGradNorm: maxNorm must be a number of at least 0, got ${printed(limit)}`),
    () => inStep((accelerator, weight) => accelerator.clipGradNorm(weight, limit)),
  ]),
  [
    "a norm of no order",
    "OPTION_INVALID",
    /clipGradNorm: normType, the order of the norm, must be a finite number above 0 or Infinity, got 0/,
    () => inStep((accelerator, weight) => accelerator.clipGradNorm(weight, 1, 0)),
  ],
  [
    "nothing to clip",
    "OPTION_INVALID",
    /clipGradValue: the first argument holds no variables. Pass a prepared model/,
    () => inStep((accelerator) => accelerator.clipGradValue([null as never, 3 as never], 1)),
  ],
  [
    "gradients of what is not prepared",
    "VARIABLE_UNPREPARED",
    /clipGradNorm: no prepared model holds .*accelerator.prepare first/,
    () => inStep((accelerator) => accelerator.clipGradNorm(tf.variable(tf.scalar(1)), 1)),
  ],
  ...[0, -3, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "8" as unknown as number].map(
    (batchSize): (typeof CASES)[number] => [
      `a batch size of ${JSON.stringify(batchSize) ?? batchSize}`,
      "BATCH_SIZE_INVALID",
      new RegExp(`at least 1, or null, got ${printed(batchSize)}`),
      () => new DataLoader([1], { batchSize }),
    ],
  ),
  [
    "data that is none",
    "DATA_INVALID",
    /A dataset is .*found number/,
    () => new DataLoader(7 as never),
  ],
  [
    "samples that cannot be stacked",
    "SAMPLE_INVALID",
    /Sample 1 cannot be stacked.*float32\[3\].*sample 0 is float32\[2\]/,
    async () => {
      const samples = [new Float32Array(2), new Float32Array(3)];
      const loader = await new Accelerator().prepare(new DataLoader(samples, { batchSize: 2 }));
      for await (const _ of loader);
    },
  ],
  [
    "a sample of a kind that nothing stacks",
    "SAMPLE_INVALID",
    /Sample 0 at when .*a Map.*pass a collate function/,
    async () => {
      const loader = await new Accelerator().prepare(new DataLoader([{ when: new Map() }]));
      for await (const _ of loader);
    },
  ],
  [
    "a tracker that nobody knows",
    "TRACKER_UNKNOWN",
    /no tracker "tensorbord".*Choose one of all, /,
    () => new Accelerator({ logWith: "tensorbord" }),
  ],
  [
    "a tracker without the directory it needs",
    "TRACKER_NEEDS_DIRECTORY",
    /"quiet" requires a directory: pass projectDir/,
    () => new Accelerator({ logWith: new QuietTracker(true) }),
  ],
  [
    "log before initTrackers",
    "STATE_INVALID",
    /before initTrackers: await accelerator\.initTrackers/,
    () => new Accelerator({ logWith: new QuietTracker() }).log({ loss: 1 }),
  ],
  [
    "log after endTraining",
    "TRACKERS_CLOSED",
    /after endTraining.*Log before it/,
    async () => {
      const accelerator = await logging(new Accelerator({ logWith: new QuietTracker() }));
      await accelerator.endTraining();
      accelerator.log({ loss: 1 });
    },
  ],
  [
    "a disposed tensor in log",
    "TENSOR_DISPOSED",
    /the tensor "train\/loss" is disposed already. Log it in the step/,
    async () => {
      const accelerator = await logging(new Accelerator({ logWith: new QuietTracker() }));
      const loss = tf.scalar(1);
      loss.dispose();
      accelerator.log({ train: { loss } });
    },
  ],
  [
    "a step that is no integer",
    "OPTION_INVALID",
    /step.*1\.5/,
    async () => {
      const accelerator = await logging(new Accelerator({ logWith: new QuietTracker() }));
      accelerator.log({ loss: 1 }, { step: 1.5 });
    },
  ],
];

for (const [what, code, message, act] of CASES) {
  test(`${what}: ${code}`, async () => {
    let error: unknown;
    try {
      await act();
    } catch (thrown) {
      error = thrown;
    }
    assert.instance(error, AcceleratorError);
    assert.is((error as AcceleratorError).code, code, (error as Error).message);
    assert.match((error as Error).message, message);
  });
}

const script = new URL("./fixtures/mismatch.ts", import.meta.url);
const mismatch = sharedLaunches<string>(script, { 2: [["dtypes"], ["shapes"]] });

for (const [what, both] of [
  ["dtypes", /float32.*int32|int32.*float32/],
  ["shapes", /\[2\].*\[3\]|\[3\].*\[2\]|2 .*3 /],
] as const) {
  test(`different ${what} over ranks: COLLECTIVE_MISMATCH, on every rank`, async () => {
    for (const error of await mismatch(2, what)) {
      assert.match(error, /^COLLECTIVE_MISMATCH/);
      assert.match(error, both);
      assert.match(error, /Every rank must/);
    }
  });
}

test.run();
