/** Every options object of the public API refuses what it does not know, before anything is done. */
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Accelerator,
  AcceleratorError,
  adamW,
  attentionSoftmax,
  ConstantScheduler,
  CosineScheduler,
  DataLoader,
  dropout,
  GeneralTracker,
  LinearScheduler,
  launch,
  OneCycleScheduler,
  PartialState,
  PlateauScheduler,
  progress,
  registerTracker,
  StepScheduler,
  softmaxCrossEntropy,
} from "../../src/index.ts";

const test = suite("options");
let created = 0;
let logged = 0;

class OptionTracker extends GeneralTracker {
  readonly name = "optional";
  readonly requiresLoggingDirectory = false;
  readonly tracker = undefined;

  override storeInitConfiguration(): void {}

  override log(): void {
    logged += 1;
  }
}

const create = () => new OptionTracker();

registerTracker({
  name: "optional",
  requiresLoggingDirectory: false,
  optionRules: { runName: "string", retries: { integerFrom: 0 }, apiKey: "string" },
  logOptionRules: { epoch: "number" },
  create: () => {
    created += 1;
    return new OptionTracker();
  },
});

// biome-ignore lint/suspicious/noExplicitAny: what the types forbid is passed on purpose
const wrong = (options: unknown): any => options;
const sgd = () => tf.train.sgd(0.1);
const script = new URL("../launch/fixtures/results.ts", import.meta.url);

async function tracked(options: unknown = {}): Promise<Accelerator> {
  const accelerator = new Accelerator({ logWith: "optional" });
  await accelerator.initTrackers("project", wrong(options));
  return accelerator;
}

const CASES: [message: RegExp, act: () => unknown][] = [
  [
    /DataLoader: there is no option "batch_size"; did you mean "batchSize"\?/,
    () => new DataLoader([1], wrong({ batch_size: 2 })),
  ],
  [/"collate_fn"; did you mean "collate"/, () => new DataLoader([1], wrong({ collate_fn: 0 }))],
  [
    /"splitBatches"; it belongs to the Accelerator/,
    () => new DataLoader([1], wrong({ splitBatches: true })),
  ],
  [
    /"pin_memory"; there are batchSize, shuffle, seed/,
    () => new DataLoader([1], wrong({ pin_memory: true })),
  ],
  [/options must be an object such as .*got 32/, () => new DataLoader([1], wrong(32))],
  [/options must be an object.*got null/, () => new DataLoader([1], wrong(null))],
  [
    /shuffle must be true or false, got "yes"/,
    () => new DataLoader([1], wrong({ shuffle: "yes" })),
  ],
  [/collate must be a function, got 3/, () => new DataLoader([1], wrong({ collate: 3 }))],
  [
    /decode must be the URL of a module.*got "\.\/decode\.ts"/,
    () => new DataLoader([1], { decode: "./decode.ts" }),
  ],
  [
    /"commHook"; it belongs to distributedDataParallel/,
    () => new Accelerator(wrong({ commHook: "fp16" })),
  ],
  [
    /"split_batches"; it belongs to dataLoaderConfiguration/,
    () => new Accelerator(wrong({ split_batches: true })),
  ],
  [/"log_with"; did you mean "logWith"/, () => new Accelerator(wrong({ log_with: "all" }))],
  [
    /"dataloader_config"; did you mean "dataLoaderConfiguration"/,
    () => new Accelerator(wrong({ dataloader_config: {} })),
  ],
  [/backend must be a string, got a number/, () => new Accelerator(wrong({ backend: 1 }))],
  [
    /dataLoaderConfiguration: .*"even_batches"; did you mean "evenBatches"/,
    () => new Accelerator({ dataLoaderConfiguration: wrong({ even_batches: true }) }),
  ],
  [
    /gradientAccumulationPlugin: .*"num_steps"; did you mean "numSteps"/,
    () => new Accelerator({ gradientAccumulationPlugin: wrong({ num_steps: 2 }) }),
  ],
  [
    /projectConfiguration: .*"logging_dir"; did you mean "loggingDir"/,
    () => new Accelerator({ projectConfiguration: wrong({ logging_dir: "a" }) }),
  ],
  [
    /launch: .*"num_processes"; did you mean "numProcesses"/,
    () => launch(script, wrong({ num_processes: 2 })),
  ],
  [/launch: .*"nprocs"; did you mean "numProcesses"/, () => launch(script, wrong({ nprocs: 2 }))],
  [/launch: args must be a list/, () => launch(script, wrong({ args: { lr: 1 } }))],
  [
    /resourceLimits: .*"maxOldGenerationSizeMB"; did you mean "maxOldGenerationSizeMb"/,
    () => launch(script, { resourceLimits: wrong({ maxOldGenerationSizeMB: 9 }) }),
  ],
  [
    /StepScheduler: .*"step_size"; did you mean "stepSize"/,
    () => new StepScheduler(sgd(), wrong({ step_size: 2 })),
  ],
  [/StepScheduler: the options must be/, () => new StepScheduler(sgd(), wrong(2))],
  [
    /ConstantScheduler: .*"num_warmup_steps"; did you mean "warmupSteps"/,
    () => new ConstantScheduler(sgd(), wrong({ num_warmup_steps: 2 })),
  ],
  [
    /LinearScheduler: .*"numTrainingSteps"; did you mean "totalSteps"/,
    () => new LinearScheduler(sgd(), wrong({ numTrainingSteps: 2 })),
  ],
  [
    /CosineScheduler: .*"minfactor"; did you mean "minFactor"/,
    () => new CosineScheduler(sgd(), wrong({ totalSteps: 2, minfactor: 0 })),
  ],
  [
    /OneCycleScheduler: .*"max_lr"; did you mean "maxLearningRate"/,
    () => new OneCycleScheduler(sgd(), wrong({ max_lr: 2, totalSteps: 2 })),
  ],
  [
    /PlateauScheduler: .*"patients"; did you mean "patience"/,
    () => new PlateauScheduler(sgd(), wrong({ patients: 2 })),
  ],
  [
    /adamW: .*"weight_decay"; did you mean "weightDecay"/,
    () => adamW(0.1, wrong({ weight_decay: 2 })),
  ],
  [/adamW: .*"betas"; use beta1 and beta2/, () => adamW(0.1, wrong({ betas: [0.9, 0.99] }))],
  [/dropout: .*"sede"; did you mean "seed"/, () => dropout(tf.scalar(1), 0.1, wrong({ sede: 1 }))],
  [
    /attentionSoftmax: .*"scales"; did you mean "scale"/,
    () => attentionSoftmax(tf.ones([1, 1]), wrong({ scales: 1 })),
  ],
  [
    /softmaxCrossEntropy: reduction must be "mean" or "sum" or "none", got "avg"/,
    () => softmaxCrossEntropy(tf.ones([1, 1]), tf.ones([1, 1]), wrong({ reduction: "avg" })),
  ],
  [
    /padAcrossProcesses: .*"pad_index"; did you mean "padIndex"/,
    () => new PartialState().padAcrossProcesses(tf.scalar(1), wrong({ pad_index: 1 })),
  ],
  [
    /splitBetweenProcesses: .*"apply_padding"; did you mean "applyPadding"/,
    () => new PartialState().splitBetweenProcesses([1], wrong({ apply_padding: true })),
  ],
  [/progress: .*"desc"; did you mean "description"/, () => progress([1], wrong({ desc: "x" }))],
  [
    /progress: total must be a finite number of at least 0, got -1/,
    () => progress([1], { total: -1 }),
  ],
  [
    /backward: .*"retain_graph"; did you mean "retainGraph"/,
    () => new Accelerator().backward(tf.scalar(1), wrong({ retain_graph: true })),
  ],
  [
    /getTracker: .*"unwraped"; did you mean "unwrap"/,
    () =>
      new Accelerator({ logWith: "optional" }).getTracker("optional", wrong({ unwraped: true })),
  ],
  [/initTrackers: .*"init_kwargs"; did you mean "initOptions"/, () => tracked({ init_kwargs: {} })],
  [
    /initOptions: .*"wandbs"; did you mean "wandb"/,
    () => tracked({ initOptions: { wandbs: { name: "x" } } }),
  ],
  [
    /initOptions\.optional: .*"run_name"; did you mean "runName"/,
    () => tracked({ initOptions: { optional: { run_name: "x" } } }),
  ],
  [
    /initOptions\.optional: retries must be an integer of at least 0, got 1\.5/,
    () => tracked({ initOptions: { optional: { retries: 1.5 } } }),
  ],
  [
    /log: the options must be an object such as \{ step: … \}, got 7/,
    async () => (await tracked()).log({ loss: 1 }, wrong(7)),
  ],
  [
    /log: .*"log_kwargs"; did you mean "logOptions"/,
    async () => (await tracked()).log({ loss: 1 }, wrong({ log_kwargs: {} })),
  ],
  [
    /logOptions\.optional: .*"epochs"; did you mean "epoch"/,
    async () => (await tracked()).log({ loss: 1 }, { logOptions: { optional: { epochs: 1 } } }),
  ],
  [
    /logOptions: .*"optionall"; did you mean "optional"/,
    async () => (await tracked()).log({ loss: 1 }, { logOptions: { optionall: { epoch: 1 } } }),
  ],
  [
    /registerTracker: .*"secretOption"; did you mean "secretOptions"/,
    () =>
      registerTracker(
        wrong({ name: "x", requiresLoggingDirectory: false, create, secretOption: ["pin"] }),
      ),
  ],
  [
    /registerTracker: secretOptions must be a list of strings/,
    () =>
      registerTracker(
        wrong({ name: "x", requiresLoggingDirectory: false, create, secretOptions: "pin" }),
      ),
  ],
  [
    /logArtifact: .*"typ"; did you mean "type"/,
    async () => (await tracked()).logArtifact(".", wrong({ typ: "model" })),
  ],
];

for (const [message, act] of CASES) {
  test(`OPTION_INVALID: ${message.source}`, async () => {
    const counts = [created, logged];
    let error: unknown;
    try {
      await act();
    } catch (thrown) {
      error = thrown;
    }
    assert.instance(error, AcceleratorError);
    assert.is((error as AcceleratorError).code, "OPTION_INVALID");
    assert.match((error as Error).message, message);
    if (/initOptions/.test(message.source)) assert.equal([created, logged], counts);
  });
}

test("a value in the wrong form that may be a key is not printed", async () => {
  for (const apiKey of [["s3cret"], { key: "s3cret" }, 53207]) {
    try {
      await tracked({ initOptions: { optional: { apiKey } } });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, /apiKey must be a string, got/);
      assert.not.match((error as Error).message, /s3cret|53207/);
    }
  }
});

test("options that are undefined, of a tracker not in use, or of a class are taken", async () => {
  class Settings {
    batchSize = 2;
  }
  assert.is(new DataLoader([1, 2], new Settings()).length, 1);
  assert.is(new DataLoader([1, 2], wrong({ batchSize: undefined, shuffle: undefined })).length, 2);
  const accelerator = await tracked({
    initOptions: { wandb: { mode: "offline" }, optional: { retries: 0, runName: undefined } },
  });
  accelerator.log({ loss: 1 }, { logOptions: { optional: { epoch: 1 }, aim: { epoch: 1 } } });
  await accelerator.endTraining();
});

test.run();
