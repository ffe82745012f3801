import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { digestState } from "./digest-state.ts";
import { type ModelName, makeModel, makeOptimizer, type OptimizerName } from "./models.ts";

export type ResumeCase = {
  readonly model?: ModelName;
  readonly optimizer?: OptimizerName;
  readonly backend?: "wasm" | "onnx" | "cpu";
  readonly compiled?: boolean;
  /** Micro-batches per window. Default 2. */
  readonly accumulate?: number;
};

export type ResumeRun = {
  /** Where to save, or to load. */
  readonly folder?: string;
  /** Save when so many batches have been trained; the training goes on. */
  readonly saveAfter?: number;
  /** End there, as a killed run does. */
  readonly stopAfter?: number;
  readonly resume?: boolean;
};

export type ResumeOutcome = {
  /** Digest of weights, slots and learning rates. */
  readonly state: string;
  /** Losses by the number of the batch; undefined before the start. */
  readonly losses: (number | undefined)[];
};

const EPOCHS = 3;
const SAMPLES = 22;
const BATCH = 2;
const CLASSES = 3;

/** Trains several times, one after the other. */
export default async function trainEach(
  calls: readonly (readonly [ResumeCase, ResumeRun])[],
): Promise<ResumeOutcome[]> {
  const outcomes: ResumeOutcome[] = [];
  for (const [options, run] of calls) outcomes.push(await train(options, run));
  return outcomes;
}

/** Trains a small model for three epochs, and may save on its way, or go on from what was saved. */
async function train(
  {
    model: modelName = "mlp",
    optimizer: optimizerName = "adam",
    backend = "wasm",
    ...options
  }: ResumeCase,
  run: ResumeRun,
): Promise<ResumeOutcome> {
  const { compiled = false, accumulate = 2 } = options;
  setSeed(run.resume ? 99 : 5); // what is loaded wins
  const accelerator = new Accelerator({ backend, gradientAccumulationSteps: accumulate });
  const made = makeModel(modelName);
  const [model, optimizer, loader] = await accelerator.prepare(
    made.model,
    makeOptimizer(optimizerName),
    new DataLoader<{ x: tf.Tensor; y: tf.Tensor2D }>(samples(made.sample), {
      batchSize: BATCH,
      shuffle: true,
      seed: 4,
    }),
  );
  const progress = accelerator.registerForCheckpointing({ batches: 0 });
  const losses: (number | undefined)[] = [];
  if (run.resume) {
    await accelerator.loadState(run.folder);
    losses.length = progress.batches;
  }
  const micro = (x: tf.Tensor, y: tf.Tensor2D) =>
    accelerator.accumulate(model, async () => {
      const loss = await accelerator.backward(made.loss(x, y));
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
  const step = compiled ? accelerator.compileStep(micro) : micro;
  const saveIfDue = async () => {
    if (progress.batches !== run.saveAfter) return;
    const { written } = await accelerator.saveState(run.folder);
    await written;
  };
  await saveIfDue();
  while (loader.epoch < EPOCHS && progress.batches !== run.stopAfter) {
    for await (const { x, y } of loader) {
      losses.push((await step(x, y)).dataSync()[0]);
      progress.batches += 1;
      await saveIfDue();
      if (progress.batches === run.stopAfter) break;
    }
  }
  const state = digestState(made.variables(), [optimizer]);
  await accelerator.freeMemory(model, optimizer);
  return { state, losses };
}

function samples(shape: number[]): { x: tf.Tensor; y: tf.Tensor } {
  const size = shape.reduce((product, length) => product * length, SAMPLES);
  const x = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * 1.5);
  const classes = Int32Array.from({ length: SAMPLES }, (_, i) => (i * 7) % CLASSES);
  return {
    x: tf.tensor(x, [SAMPLES, ...shape]),
    y: tf.oneHot(tf.tensor1d(classes, "int32"), CLASSES).toFloat(),
  };
}
