/** An autoencoder of digits, whose two halves are models too. On as many replicas as `acc launch` starts. */
import { Accelerator, type BackendName, DataLoader } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { buildModels, draw, loadImages, lossOf } from "./autoencoder.ts";

const [epochs = "40", backend = "auto"] = process.argv.slice(2);
const BATCH_SIZE = 16;

const accelerator = new Accelerator({
  backend: backend as BackendName,
  dataLoaderConfiguration: { splitBatches: true },
});
const data = loadImages();
export const { encoder, decoder, autoencoder } = buildModels();
// The halves share the layers of the whole: each weight has one gradient and one update.
const [, , , optimizer, loader] = await accelerator.prepare(
  ...[encoder, decoder, autoencoder],
  tf.train.adam(0.005),
  new DataLoader<tf.Tensor2D>(data, { batchSize: BATCH_SIZE }),
);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  for await (const images of loader) {
    const loss = lossOf(autoencoder, images);
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (!loader.endOfDataloader) continue;
    const mean = await accelerator.reduce(loss, "mean");
    accelerator.print(`epoch ${epoch}: loss ${(await mean.array()).toFixed(4)}`);
  }
}
accelerator.print(draw(encoder, decoder, data));
