/** Learns to write dates as ISO 8601, with attention. On as many replicas as `acc launch` starts. */
import { Accelerator, type BackendName, DataLoader } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { encodeDates, makeDates } from "./dates.ts";
import { buildModel, convert, lossOf } from "./model.ts";

const [epochs = "10", dates = "640", backend = "auto"] = process.argv.slice(2);
const BATCH_SIZE = 8;

const accelerator = new Accelerator({
  backend: backend as BackendName,
  dataLoaderConfiguration: { splitBatches: true },
});
const data = encodeDates(makeDates(Number(dates)));
export const [model, optimizer, loader] = await accelerator.prepare(
  buildModel(),
  tf.train.adam(0.01),
  new DataLoader<[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]>(data, { batchSize: BATCH_SIZE }),
);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  for await (const batch of loader) {
    const loss = lossOf(model, batch);
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (!loader.endOfDataloader) continue;
    const mean = await accelerator.reduce(loss, "mean");
    accelerator.print(`epoch ${epoch}: loss ${(await mean.array()).toFixed(4)}`);
  }
}
accelerator.print(`17 MAR 1994 is ${convert(model, "17 MAR 1994")}`);
