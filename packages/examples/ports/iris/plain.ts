/** Which kind of iris is it? TensorFlow.js alone, on one thread. */
import * as tf from "@tensorflow/tfjs";
import { accuracyOf, buildModel, loadFlowers, lossOf } from "./iris.ts";

const [epochs = "40"] = process.argv.slice(2);
const BATCH_SIZE = 12;

const { train, test } = loadFlowers();
export const model = buildModel();
const optimizer = tf.train.adam(0.02);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  let last = Number.NaN;
  for (let start = 0; start < train.measures.shape[0]; start += BATCH_SIZE) {
    const measures = train.measures.slice(start, BATCH_SIZE);
    const kinds = train.kinds.slice(start, BATCH_SIZE);
    const loss = optimizer.minimize(() => lossOf(model, measures, kinds), true) as tf.Scalar;
    last = loss.dataSync()[0] as number;
    tf.dispose([measures, kinds, loss]);
  }
  console.log(`epoch ${epoch}: loss ${last.toFixed(4)}`);
}
console.log(`${(100 * accuracyOf(model, test)).toFixed(1)} % of the held-out flowers right`);
