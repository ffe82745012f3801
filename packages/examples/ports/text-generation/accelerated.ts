/** An LSTM learns a nursery rhyme, character by character. On as many replicas as `acc launch` starts. */
import { Accelerator, type BackendName, DataLoader } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { buildModel, loadWindows, lossOf, write } from "./text-generation.ts";

const [epochs = "30", backend = "auto"] = process.argv.slice(2);
const BATCH_SIZE = 16;

const accelerator = new Accelerator({
  backend: backend as BackendName,
  dataLoaderConfiguration: { splitBatches: true },
});
const [windows, followers] = loadWindows();
export const [model, optimizer, loader] = await accelerator.prepare(
  buildModel(),
  tf.train.rmsprop(0.01),
  new DataLoader<[tf.Tensor2D, tf.Tensor1D]>([windows, followers], { batchSize: BATCH_SIZE }),
);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  for await (const [texts, next] of loader) {
    const loss = lossOf(model, texts, next);
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (!loader.endOfDataloader) continue;
    const mean = await accelerator.reduce(loss, "mean");
    accelerator.print(`epoch ${epoch}: loss ${(await mean.array()).toFixed(4)}`);
  }
}
accelerator.print(write(model, 60));
