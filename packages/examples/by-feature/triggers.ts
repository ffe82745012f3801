/** Any replica asks for a checkpoint when its batch goes best so far, and all of them save it. */
import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

// New
const accelerator = new Accelerator({ projectDir: "runs" });
let best = 1; // the lowest loss of a batch at the end of an epoch, as this replica knows it
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

for (let epoch = 1; epoch <= 10; epoch++) {
  for await (const [inputs, targets] of loader) {
    const outputs = model.apply(inputs, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.sigmoidCrossEntropy(targets, outputs) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    // New: each replica sees its own batches, and may be the only one that finds this.
    const value = loader.endOfDataloader ? Number(await loss.array()) : best;
    if (value < best) accelerator.setTrigger();
    best = Math.min(best, value);
    // End of new.
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
  // New: all replicas ask at the same place, and get the same answer; the next question finds no mark of before.
  if (await accelerator.checkTrigger()) await accelerator.saveState("runs/best");
  // End of new.
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
