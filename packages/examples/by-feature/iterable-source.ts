/** Data from a stream that is never in memory as a whole. */
import { Accelerator, DataLoader } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

const accelerator = new Accelerator();

// New: one sample after the other, as a file or a socket would give them. Only the main process reads it, and
// hands every replica its share; with `shard: false` each replica would read a stream of its own.
const points = {
  async *[Symbol.asyncIterator](): AsyncGenerator<[Float32Array, Float32Array]> {
    for (let i = 0; i < 2048; i++) {
      const point = Float32Array.of(2 * Math.random() - 1, 2 * Math.random() - 1);
      const inside = Math.hypot(...point) ** 2 < 0.6;
      yield [point, Float32Array.of(Number(inside))];
    }
  },
};
// End of new.

const adam = tf.train.adam(0.02);
// New
const data = new DataLoader<[tf.Tensor2D, tf.Tensor2D]>(points, { batchSize: 32 });
// End of new.
const [model, optimizer, loader] = await accelerator.prepare(buildModel(), adam, data);

for (let epoch = 1; epoch <= 5; epoch++) {
  for await (const [inputs, targets] of loader) {
    const outputs = model.apply(inputs, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.sigmoidCrossEntropy(targets, outputs) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
}

function buildModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [2], units: 16, activation: "tanh" }),
      tf.layers.dense({ units: 1 }),
    ],
  });
}
