/** Messages with a level: from the first replica, from each in its turn, or only once. */
// New
import { Accelerator, DataLoader, getLogger, setSeed } from "@acc/core";
// End of new.
import * as tf from "@tensorflow/tfjs";

const accelerator = new Accelerator();
// New: the level is that of the environment, ACC_LOG_LEVEL, if it is left out.
const logger = getLogger("circle", { level: "info" });
logger.info("the first replica speaks for all of them");
await logger.inOrder("info", `replica ${accelerator.processIndex} of ${accelerator.numProcesses}`);
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
    // New: in each batch, and printed once.
    logger.warnOnce("this loss counts every point alike");
    // End of new.
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
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
