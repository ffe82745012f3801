/** A program that trains with `model.fit`: its lines stay, and every replica takes its share of each batch. */
// New: no loader: `fit` makes the batches.
import { Accelerator, setSeed } from "@acc/core";
// End of new.
import * as tf from "@tensorflow/tfjs";

// New
const accelerator = new Accelerator({ logWith: "tensorboard", projectDir: "runs" });
await accelerator.initTrackers("circle");
// End of new.

setSeed(42); // every run draws the same random numbers, and every replica too
// Points in a square, and which of them lie in a circle.
const points = tf.randomUniform<tf.Rank.R2>([2048, 2], -1, 1);
const inside = points.square().sum(1, true).less(0.6).toFloat();

const adam = tf.train.adam(0.03);
// New: the model is compiled with the optimizer that `prepare` returns; `fit` gets the whole data on every replica.
const [model, optimizer] = await accelerator.prepare(buildModel(), adam);
model.compile({ optimizer, loss: tf.losses.sigmoidCrossEntropy });
const callbacks = accelerator.fitCallback(); // logs the losses
// Every replica takes its share of the 64 samples of a batch.
await model.fit(points, inside, { epochs: 10, batchSize: 64, validationSplit: 0.1, callbacks });
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
