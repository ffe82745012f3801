import * as tf from "@tensorflow/tfjs";
import {
  Accelerator,
  DataLoader,
  PlateauScheduler,
  StepScheduler,
  setSeed,
} from "../../src/index.ts";

let made = 0;

/** A training whose checkpoints hold something of every kind. */
export async function richTraining() {
  setSeed(3);
  const accelerator = new Accelerator({
    ...{ backend: "cpu", gradientAccumulationSteps: 2, gradScaler: { initScale: 4 } },
  });
  const suffix = made++;
  const named = (value: tf.Tensor, trained: boolean, name: string) =>
    tf.variable(value, trained, `${name}-${suffix}`);
  const first = {
    w: named(tf.tensor1d([1, 2]), true, "w"),
    mean: named(tf.scalar(7), false, "mean"),
  };
  const second = { v: named(tf.tensor2d([[3], [4]]), true, "v") };
  const [adam, momentum] = [tf.train.adam(0.1), tf.train.momentum(0.1, 0.9)];
  const [, , ofFirst, ofSecond, loader, falling, waiting] = await accelerator.prepare(
    ...([first, second, adam, momentum] as const),
    new DataLoader<tf.Tensor>(tf.range(0, 24), { batchSize: 2, shuffle: true, seed: 1 }),
    new StepScheduler(adam, { stepSize: 2 }),
    new PlateauScheduler(momentum, { patience: 1 }),
  );
  const plain = {
    ...{ step: 3, best: Number.POSITIVE_INFINITY, names: ["x"], map: new Map([["k", 1]]) },
    ...{ set: new Set([1]), floats: new Float32Array([1, 2]), big: 5n, date: new Date(5) },
    ...{ tensor: tf.tensor1d([5, 6]), texts: tf.tensor1d(["a"]) },
    live: named(tf.tensor1d([8, 9]), false, "live"),
  };
  accelerator.registerForCheckpointing(plain);
  const train = async (steps: number, atEnd: () => Promise<unknown> = async () => {}) => {
    for await (const x of loader) {
      await accelerator.accumulate(first, second, async () => {
        const losses = [tf.sum(tf.mul(tf.sum(x), first.w)), tf.sum(tf.square(second.v))];
        await accelerator.backward(tf.addN(losses) as tf.Scalar);
        for (const optimizer of [ofFirst, ofSecond]) optimizer.step();
        falling.step();
        waiting.step(plain.step);
        for (const optimizer of [ofFirst, ofSecond]) optimizer.zeroGrad();
      });
      plain.step += 1;
      if (plain.step < 3 + steps) continue;
      await atEnd();
      break;
    }
  };
  /** Everything that a load changes, as text. */
  const state = (): string =>
    JSON.stringify([
      [first.w, first.mean, second.v, plain.live].map((one) => [...one.dataSync()]),
      [ofFirst, ofSecond].map((one) => [one.completedSteps, one.learningRate]),
      [falling.stateDict(), waiting.stateDict(), loader.stateDict()],
      [accelerator.step, accelerator.syncGradients, accelerator.scaler?.stateDict()],
      [...(accelerator.gradientOf(first.w)?.dataSync() ?? [])],
      Object.entries(plain).map(([name, value]) => [name, String(value)]),
    ]);
  return { accelerator, train, state };
}
