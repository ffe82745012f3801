/** Which kind of iris is it? On as many replicas as `acc launch` starts: each takes its part of every batch. */
import { Accelerator, type BackendName, DataLoader } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { accuracyOf, buildModel, loadFlowers, lossOf } from "./iris.ts";

const [epochs = "40", backend = "auto"] = process.argv.slice(2);
const BATCH_SIZE = 12;

const accelerator = new Accelerator({
  backend: backend as BackendName,
  dataLoaderConfiguration: { splitBatches: true },
});
const { train, test } = loadFlowers();
export const [model, optimizer, loader] = await accelerator.prepare(
  buildModel(),
  tf.train.adam(0.02),
  new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([train.measures, train.kinds], {
    batchSize: BATCH_SIZE,
  }),
);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  for await (const [measures, kinds] of loader) {
    const loss = lossOf(model, measures, kinds);
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (!loader.endOfDataloader) continue;
    const mean = await accelerator.reduce(loss, "mean");
    accelerator.print(`epoch ${epoch}: loss ${(await mean.array()).toFixed(4)}`);
  }
}
accelerator.print(`${(100 * accuracyOf(model, test)).toFixed(1)} % of the held-out flowers right`);
