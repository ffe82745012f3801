import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { makeProgram, type ProgramName } from "./composed-models.ts";
import { digestState } from "./digest-state.ts";
import type { ResumeOutcome, ResumeRun } from "./resume-training.ts";

export type ComposedCase = {
  readonly program: ProgramName;
  readonly backend: "wasm" | "onnx" | "cpu";
  /** Micro-batches per window. Default 2. */
  readonly accumulate?: number;
};

const EPOCHS = 2;
const SAMPLES = 22;
const BATCH = 2;

/** Trains several times, one after the other. */
export default async function trainEach(
  calls: readonly (readonly [ComposedCase, ResumeRun])[],
): Promise<ResumeOutcome[]> {
  const outcomes: ResumeOutcome[] = [];
  for (const [options, run] of calls) outcomes.push(await train(options, run));
  return outcomes;
}

/** Trains a program for two epochs, and may save on its way, or go on from what was saved. */
async function train(
  { program: name, backend, accumulate = 2 }: ComposedCase,
  run: ResumeRun,
): Promise<ResumeOutcome> {
  setSeed(run.resume ? 99 : 5); // what is loaded wins
  const accelerator = new Accelerator({ backend, gradientAccumulationSteps: accumulate });
  const program = await makeProgram(name, accelerator);
  const loader = await accelerator.prepare(
    new DataLoader<tf.Tensor2D>(samples(), { batchSize: BATCH, shuffle: true, seed: 4 }),
  );
  // Plain objects of a user, which change with every batch.
  const progress = { batches: 0, best: Number.POSITIVE_INFINITY, last: new Float32Array(2) };
  const [, history] = accelerator.registerForCheckpointing(progress, [] as number[][]);
  if (run.resume) await accelerator.loadState(run.folder);
  while (loader.epoch < EPOCHS && progress.batches !== run.stopAfter) {
    for await (const x of loader) {
      const own = await program.step(x);
      // The values of rank 0 are saved, so all ranks must have the same.
      const losses = [...(await accelerator.reduce(tf.tensor1d(own), "mean")).dataSync()];
      history.push(losses);
      progress.batches += 1;
      progress.best = Math.min(progress.best, ...losses);
      progress.last.set(losses.slice(0, 2));
      if (progress.batches === run.saveAfter) {
        await accelerator.saveState(run.folder, { wait: true });
      }
      if (progress.batches === run.stopAfter) break;
    }
  }
  const state = digestState(program.variables, program.optimizers);
  const plain = JSON.stringify([progress.best, [...progress.last]]);
  await accelerator.freeMemory();
  return { state: state + plain, losses: history.flat() };
}

function samples(): tf.Tensor2D {
  const size = SAMPLES * 4;
  return tf.tensor2d(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * 1.5),
    [SAMPLES, 4],
  );
}
