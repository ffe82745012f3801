/** Metrics that need all results of an epoch at once, each point once: here the median error. */
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
// New: an odd number of points, so that the last batches are padded.
const heldOut = tf.randomUniform<tf.Rank.R2>([333, 2], -1, 1);
const answers = heldOut.square().sum(1, true).less(0.6).toFloat();
const evaluation = await accelerator.prepare(
  new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([heldOut, answers], { batchSize: 50 }),
);
const collector = accelerator.epochCollector<{ errors: tf.Tensor }>();
// End of new.
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
  // New: nothing is exchanged in the loop; `collect` gives every rank the results of all 333 points, in order.
  for await (const [inputs, targets] of evaluation) {
    const outputs = accelerator.noGrad(() => model.apply(inputs) as tf.Tensor2D);
    collector.add({ errors: outputs.sigmoid().sub(targets).abs() });
  }
  const { errors } = await collector.collect();
  const sorted = [...(await errors.data())].sort((a, b) => a - b);
  errors.dispose();
  if (sorted.length !== heldOut.shape[0]) throw new Error(`${sorted.length} points were collected`);
  accelerator.print(`epoch ${epoch}: median error ${sorted[166]?.toFixed(3)}`);
  // End of new.
}

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
