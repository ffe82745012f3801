/**
 * An LSTM learns to continue waves of different frequency.
 *
 *     npx acc launch --num-processes 2 lstm.ts
 */
import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

const WAVES = 512;
const LENGTH = 20;

const accelerator = new Accelerator();
setSeed(42);
const [model, optimizer, loader] = await accelerator.prepare(
  tf.sequential({
    layers: [tf.layers.lstm({ inputShape: [LENGTH, 1], units: 16 }), tf.layers.dense({ units: 1 })],
  }),
  tf.train.adam(0.01),
  new DataLoader<[tf.Tensor3D, tf.Tensor2D]>(makeWaves(), {
    batchSize: 32,
    shuffle: true,
  }),
);

for (let epoch = 1; epoch <= 4; epoch++) {
  for await (const [past, next] of loader) {
    const predicted = model.apply(past, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.meanSquaredError(next, predicted) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
}

/** Twenty points of every wave, `[WAVES, LENGTH, 1]`, and the one that follows, `[WAVES, 1]`. */
function makeWaves(): [tf.Tensor3D, tf.Tensor2D] {
  const wave = tf.range(0, WAVES).reshape([WAVES, 1]);
  const angle = tf.add(
    tf.mul(wave, 2.4),
    tf.mul(tf.range(0, LENGTH + 1), wave.mod(7).mul(0.1).add(0.2)),
  );
  const [past, next] = tf.split(tf.sin(angle), [LENGTH, 1], 1);
  return [tf.expandDims(past as tf.Tensor2D, 2), next as tf.Tensor2D];
}
