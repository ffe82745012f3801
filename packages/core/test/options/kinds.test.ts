/**
 * Every option and argument of the public API refuses values of another kind or out of range: nothing is converted, and nothing
 * fails later as a TypeError.
 */
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as acc from "../../src/index.ts";
import { resolveLaunch } from "../../src/launch/launch-options.ts";

const { Accelerator, AcceleratorError, DataLoader } = acc;
const test = suite("kinds of options");

const FUNCTION = () => 1;
const LIST: unknown[] = [];
const PAIR = [2];
const OBJECT = Object.create(null) as object; // cannot be made text
const ODD: readonly unknown[] = [
  ...["5", "", true, null, Number.NaN, -1, 0, 1.5, Number.POSITIVE_INFINITY, 1e300, 2 ** 31],
  ...[5n, Symbol("5"), LIST, PAIR, OBJECT, FUNCTION, new Date(5), { valueOf: () => 5 }],
];
const TEXT = ["5", ""];
const PATH = ["5"];
const COUNT = [0, 2 ** 31];
const POSITIVE_COUNT = [2 ** 31];
const INTEGER = [-1, ...COUNT];
const NUMBER = [-1, 0, 1.5, 1e300, 2 ** 31];
const NOT_NEGATIVE = NUMBER.slice(1);
const POSITIVE = NUMBER.slice(2);
const WITH_INFINITY = [Number.POSITIVE_INFINITY];
const SHARE = [0];
const NOTHING: unknown[] = [];

// biome-ignore lint/suspicious/noExplicitAny: values of wrong kinds are passed on purpose
type Wrong = any;
type Subject = readonly [name: string, right: readonly unknown[], call: (value: Wrong) => unknown];

await tf.setBackend("cpu");
const accelerator = new Accelerator({ backend: "cpu" });
const model = { weight: tf.variable(tf.scalar(1)) };
const loader = await accelerator.prepare(new DataLoader([1, 2, 3]));
const scheduler = () => new acc.PlateauScheduler(tf.train.sgd(0.1));
const script = new URL("../launch/fixtures/results.ts", import.meta.url);
const ones = () => tf.ones([1, 1]);
const [, optimizer] = await accelerator.prepare(model, tf.train.sgd(0.1));

/** Options that `make` takes, with what is right for each. */
function options(
  owner: string,
  make: (options: Wrong) => unknown,
  right: { readonly [name: string]: readonly unknown[] },
): Subject[] {
  return Object.entries(right).map(([name, values]) => [
    `${owner}.${name}`,
    values,
    (value) => make({ [name]: value }),
  ]);
}

const SUBJECTS: readonly Subject[] = [
  ...options("Accelerator", (given) => new Accelerator(given), {
    ...{ backend: TEXT, gradientAccumulationSteps: POSITIVE_COUNT, projectDir: PATH },
    ...{ loggingDir: PATH, keepRuns: [true], resumeFromCheckpoint: PATH, syncBatchNorm: [true] },
    ...{ stepSchedulerWithOptimizer: [true], schedulerUnit: NOTHING, mixedPrecision: NOTHING },
  }),
  ...options("plugin", (given) => new Accelerator({ gradientAccumulationPlugin: given }), {
    ...{ numSteps: POSITIVE_COUNT, syncWithDataloader: [true], syncEachBatch: [true] },
  }),
  ...options("loaders", (given) => new Accelerator({ dataLoaderConfiguration: given }), {
    ...{ evenBatches: [true], splitBatches: [true], dispatchBatches: [true], dataSeed: INTEGER },
    ...{ useSeedableSampler: [true], useStatefulDataloader: [true] },
  }),
  ...options("project", (given) => new Accelerator({ projectConfiguration: given }), {
    ...{ projectDir: PATH, loggingDir: PATH, automaticCheckpointNaming: [true] },
    ...{ totalLimit: POSITIVE_COUNT, iteration: COUNT },
  }),
  ...options("policy", (checkpoints) => new Accelerator({ projectDir: "runs", checkpoints }), {
    ...{ everySteps: POSITIVE_COUNT, everyMs: POSITIVE_COUNT, keepEverySteps: POSITIVE_COUNT },
    ...{ keepEveryMs: POSITIVE_COUNT, whenBusy: NOTHING, keepBest: NOTHING, durable: [true] },
  }),
  ...options("scaler", (gradScaler) => new Accelerator({ gradScaler }), {
    ...{ initScale: POSITIVE, growthFactor: POSITIVE, backoffFactor: NOTHING },
    ...{ growthInterval: POSITIVE_COUNT, enabled: [true] },
  }),
  ...options("DataLoader", (given) => new DataLoader([1, 2, 3], given), {
    ...{ batchSize: [null, 2 ** 31], shuffle: [true], seed: INTEGER, dropLast: [true] },
    ...{ collate: [FUNCTION], sampler: NOTHING, batchSampler: [LIST, PAIR], decode: NOTHING },
    ...{ numWorkers: [0], prefetch: COUNT, shard: [true] },
  }),
  ...options("Plateau", (given) => new acc.PlateauScheduler(tf.train.sgd(0.1), given), {
    ...{ mode: NOTHING, factor: SHARE, patience: COUNT, threshold: SHARE, cooldown: COUNT },
    ...{ minLearningRate: NOT_NEGATIVE },
  }),
  ...options(
    "Step",
    (given) => new acc.StepScheduler(tf.train.sgd(0.1), { stepSize: 2, ...given }),
    { stepSize: POSITIVE_COUNT, gamma: NOT_NEGATIVE },
  ),
  ...options(
    "OneCycle",
    (given) =>
      new acc.OneCycleScheduler(tf.train.sgd(0.1), {
        ...{ maxLearningRate: 1, totalSteps: 9 },
        ...given,
      }),
    {
      ...{ maxLearningRate: NOT_NEGATIVE, totalSteps: POSITIVE_COUNT, riseShare: SHARE },
      ...{ startDivisor: POSITIVE, endDivisor: POSITIVE },
    },
  ),
  ...options(
    "Cosine",
    (given) => new acc.CosineScheduler(tf.train.sgd(0.1), { totalSteps: 9, ...given }),
    { warmupSteps: SHARE, totalSteps: POSITIVE_COUNT, minFactor: SHARE },
  ),
  ...options("Constant", (given) => new acc.ConstantScheduler(tf.train.sgd(0.1), given), {
    warmupSteps: COUNT,
  }),
  ...options("adamW", (given) => acc.adamW(0.1, given), {
    ...{ beta1: SHARE, beta2: SHARE, epsilon: POSITIVE, weightDecay: NOT_NEGATIVE },
    decays: [FUNCTION],
  }),
  ...options("softmaxCrossEntropy", (given) => acc.softmaxCrossEntropy(ones(), ones(), given), {
    ...{ labelSmoothing: SHARE, reduction: NOTHING },
  }),
  ...options("attentionSoftmax", (given) => acc.attentionSoftmax(ones(), given), {
    ...{ mask: NOTHING, scale: NUMBER },
  }),
  ...options("padAcrossProcesses", (given) => accelerator.padAcrossProcesses(ones(), given), {
    ...{ dim: INTEGER, padIndex: NUMBER, padFirst: [true] },
  }),
  ...options("localSgd", (given) => accelerator.localSgd(model, given, FUNCTION), {
    ...{ localSgdSteps: POSITIVE_COUNT, enabled: [true] },
  }),
  ...options("outer", (outer) => accelerator.localSgd(model, { outer }, FUNCTION), {
    ...{ learningRate: POSITIVE, momentum: SHARE },
  }),
  ...options("launch", (given) => resolveLaunch(script, given), {
    ...{ numProcesses: NOTHING, args: [LIST, PAIR], timeoutMs: [...POSITIVE, ...WITH_INFINITY] },
    ...{ signal: NOTHING, graceMs: [0, 1.5], saveSignal: NOTHING, explainSignal: NOTHING },
    ...{ debug: [true], watchdogMs: POSITIVE },
  }),
  ...options("monitor", (monitor) => resolveLaunch(script, { monitor }), {
    ...{ onCheckpoint: [FUNCTION], onFailure: [FUNCTION] },
  }),
  ...options("initTrackers", (given) => new Accelerator().initTrackers("kinds", given), {
    ...{ strict: [true], deliveryTimeoutMs: [0, 1.5] },
  }),
  ...options(
    "monitoring",
    (monitoring) => new Accelerator().initTrackers("kinds", { monitoring }),
    { system: [true], console: [true], intervalSeconds: [1.5] },
  ),
  ...options("profile.schedule", (given) => profiled({ active: 1, ...given }), {
    ...{ active: POSITIVE_COUNT, wait: COUNT, warmup: COUNT, repeat: COUNT, skipFirst: COUNT },
  }),
  ...options("setSeed", (given) => acc.setSeed(1, given), {
    ...{ deviceSpecific: [true], deterministic: [true] },
  }),
  ["dropout.rate", SHARE, (value) => acc.dropout(ones(), value)],
  ["dropout.seed", INTEGER, (seed) => acc.dropout(ones(), 0.5, { seed })],
  ["adamW.learningRate", NOT_NEGATIVE, (value) => acc.adamW(value)],
  ["layerNorm.epsilon", NOT_NEGATIVE, (value) => acc.layerNorm(ones(), ones1(), ones1(), value)],
  ["LambdaScheduler.factor", [FUNCTION], (value) => new acc.LambdaScheduler(sgd(), value)],
  ["loadStateDict", NOTHING, (value) => scheduler().loadStateDict(value)],
  ["loadStateDict.step", COUNT, (step) => scheduler().loadStateDict({ step })],
  ["loadStateDict.best", [...NUMBER, ...WITH_INFINITY], (best) => restored({ best })],
  ["loadStateDict.learningRate", NUMBER, (learningRate) => restored({ learningRate })],
  ["loader.loadStateDict", NOTHING, (value) => loader.loadStateDict(value)],
  ["loader.setEpoch", COUNT, (value) => loader.setEpoch(value)],
  ["skipFirstBatches", COUNT, (value) => accelerator.skipFirstBatches(loader, value)],
  ["launch.script", NOTHING, (value) => resolveLaunch(value, {})],
  ["localSgd.body", [FUNCTION], (value) => accelerator.localSgd(model, {}, value)],
  ["noSync.body", [FUNCTION], (value) => accelerator.noSync(model, value)],
  ["trigger.body", [FUNCTION], (value) => accelerator.triggerSyncInBackward(model, value)],
  ["lossOf.model", NOTHING, (value) => accelerator.lossOf(value, tf.scalar(1))],
  ["clipGradNorm", [...NOT_NEGATIVE, ...WITH_INFINITY], (v) => accelerator.clipGradNorm(model, v)],
  ["normType", [...POSITIVE, ...WITH_INFINITY], (v) => accelerator.clipGradNorm(model, 1, v)],
  ["backward.items", NOT_NEGATIVE, (items) => counted(items)],
  ["gradientAccumulationSteps", POSITIVE_COUNT, (v) => set("gradientAccumulationSteps", v)],
  ["step", COUNT, (value) => set("step", value)],
  ["syncGradients", [true], (value) => set("syncGradients", value)],
  ["registerSaveStatePreHook", [FUNCTION], (v) => hooked().registerSaveStatePreHook(v)],
  ["registerLoadStatePreHook", [FUNCTION], (v) => hooked().registerLoadStatePreHook(v)],
  ["saveModel.folder", NOTHING, (v) => accelerator.saveModel(model, v, { topology: true })],
  ["save.path", NOTHING, (value) => accelerator.save({ a: "no tensor" as Wrong }, value)],
  ["saveState.folder", NOTHING, (v) => accelerator.saveState(v, { metrics: { a: "" as Wrong } })],
  ["loadState.folder", NOTHING, (v) => accelerator.loadState(v, { keep: ["nothing" as Wrong] })],
  ["loadCheckpointInModel", NOTHING, (v) => accelerator.loadCheckpointInModel(model, v)],
  ["logger.level", NOTHING, (level) => acc.getLogger("kinds", { level })],
  ["inOrder.level", NOTHING, (v) => acc.getLogger("kinds", { level: "error" }).inOrder(v, "")],
  ["findExecutableBatchSize", COUNT, (v) => acc.findExecutableBatchSize(() => 1, batches(v))],
  ["fitCallback", POSITIVE_COUNT, (updateFreq) => accelerator.fitCallback({ updateFreq })],
  ["LengthGroupedSampler", POSITIVE_COUNT, (batchSize) => grouped({ batchSize })],
  ["WeightedRandomSampler", POSITIVE_COUNT, (v) => weighted({ numSamples: v })],
  ["concatenate", [PAIR], (value) => acc.concatenate(value)],
  ["sliceTensors", INTEGER, (value) => acc.sliceTensors(tf.ones([3]), value)],
  ["convertBytes", NUMBER, (value) => acc.convertBytes(value)],
  ["dtypeByteSize", NOTHING, (value) => acc.dtypeByteSize(value)],
];

const sgd = () => tf.train.sgd(0.1);
const ones1 = () => tf.ones([1]);
function counted(items: Wrong): Promise<tf.Tensor> {
  optimizer.zeroGrad();
  return accelerator.backward(loss, { items });
}
const loss = () => tf.mul<tf.Scalar>(model.weight, 2);
const hooked = () => new Accelerator();
const batches = (startingBatchSize: number) => ({ startingBatchSize });
const restored = (state: object) => scheduler().loadStateDict({ step: 1, ...state });
const profiled = (schedule: Wrong) => accelerator.profile({ schedule }, FUNCTION);
const grouped = (given: Wrong) => new acc.LengthGroupedSampler([1, 2], given);
const weighted = (given: Wrong) => new acc.WeightedRandomSampler([1, 2], given);
function set(name: string, value: unknown): void {
  (new Accelerator() as unknown as Record<string, unknown>)[name] = value;
}

/** Codes of arguments that are not options. */
const CODES: ReadonlySet<string> = new Set([
  ...["OPTION_INVALID", "VALUE_INVALID", "BATCH_SIZE_INVALID", "NUM_PROCESSES_INVALID"],
  ...["CHECKPOINT_MISSING", "MODEL_INVALID", "SCRIPT_NOT_FOUND"],
]);

for (const [name, right, call] of SUBJECTS) {
  test(name, async () => {
    const taken: unknown[] = [];
    for (const value of ODD) {
      try {
        await call(value);
        taken.push(value);
      } catch (error) {
        const isOurs = error instanceof AcceleratorError && CODES.has(error.code);
        assert.ok(isOurs, `${typeof value}: ${(error as Error).stack}`);
      }
    }
    assert.equal(taken.map(String), ODD.filter((value) => right.includes(value)).map(String));
  });
}

test("what was found is printed as what it is, and a range with its ends", () => {
  const messages = (["5", 5n, null, Symbol("5"), OBJECT] as Wrong[]).map((gamma) => {
    try {
      return new acc.StepScheduler(sgd(), { stepSize: 2, gamma });
    } catch (error) {
      return (error as Error).message;
    }
  });
  const found = ['"5"', "a bigint", "null", "a symbol", "an object"];
  const wanted = "StepScheduler: gamma must be a finite number of at least 0, got ";
  assert.equal(
    messages,
    found.map((text) => `${wanted}${text}.`),
  );
  assert.throws(
    () => acc.adamW(0.1, { beta1: 1 }),
    /beta1 must be a finite number of at least 0 and below 1, got 1/,
  );
  assert.throws(
    () => new acc.PlateauScheduler(sgd(), { threshold: 2 }),
    /of at least 0 and at most 1, got 2/,
  );
});

test.run();
