/** A training that can be killed at any moment: started again, it goes on as if nothing had happened. */
import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

// New: saves by itself, every 100 steps; the newest two checkpoints are kept.
const accelerator = new Accelerator({
  projectConfiguration: { projectDir: "runs", totalLimit: 2 },
  checkpoints: { everySteps: 100 },
  resumeFromCheckpoint: "latest",
});
// End of new.

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

// New: models, optimizers and loaders go on where they were, also in the middle of an epoch.
const checkpoint = await accelerator.loadState();
if (checkpoint) accelerator.print(`going on from checkpoint ${checkpoint.iteration}`);
for (let epoch = loader.epoch + 1; epoch <= 10; epoch++) {
  // End of new.
  for await (const [inputs, targets] of loader) {
    const outputs = model.apply(inputs, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.sigmoidCrossEntropy(targets, outputs) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
}

// New: what was saved last is on the disk.
await accelerator.endTraining();
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
