/** Where the time of a step goes: a trace of each replica, to be opened in https://ui.perfetto.dev. */
import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

const accelerator = new Accelerator();

setSeed(42); // every run draws the same random numbers, and every replica too
// Points in a square, and which of them lie in a circle.
const points = tf.randomUniform<tf.Rank.R2>([2048, 2], -1, 1);
const inside = points.square().sum(1, true).less(0.6).toFloat();

const adam = tf.train.adam(0.03);
const data = new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([points, inside], {
  batchSize: 32,
  shuffle: true,
});
const [model, optimizer, loader] = await accelerator.prepare(buildModel(), adam, data);

for (let epoch = 1; epoch <= 10; epoch++) {
  for await (const [inputs, targets] of loader) {
    const outputs = model.apply(inputs, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.sigmoidCrossEntropy(targets, outputs) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
}

// New: one more epoch, of which eight steps are recorded.
const schedule = { wait: 2, active: 8, repeat: 1 };
await accelerator.profile(
  {
    ...{ schedule, outputTraceDir: "runs/traces" },
    onTraceReady({ totals, path }) {
      const { forward, backward, loader: loading } = totals;
      accelerator.print(`${path}: ${forward?.count} forward passes, ${backward?.count} backward`);
      if (!loading) throw new Error("no batch was loaded");
    },
  },
  async (profiler) => {
    for await (const [inputs, targets] of loader) {
      const outputs = model.apply(inputs, { training: true }) as tf.Tensor2D;
      const loss = tf.losses.sigmoidCrossEntropy(targets, outputs) as tf.Scalar;
      await accelerator.backward(loss);
      optimizer.step();
      optimizer.zeroGrad();
      profiler.step();
    }
  },
);
// End of new.

const guesses = (model.predict(points) as tf.Tensor2D).greater(0);
const share = await guesses.equal(inside.greater(0)).mean().array();
accelerator.print(`${(100 * Number(share)).toFixed(1)} % of the points right`);

function buildModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [2], units: 32, activation: "relu" }),
      tf.layers.dense({ units: 1 }),
    ],
  });
}
