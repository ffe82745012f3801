/** Learns to write dates as ISO 8601, with attention. TensorFlow.js alone, on one thread. */
import * as tf from "@tensorflow/tfjs";
import { encodeDates, makeDates } from "./dates.ts";
import { buildModel, convert, lossOf } from "./model.ts";

const [epochs = "10", dates = "640"] = process.argv.slice(2);
const BATCH_SIZE = 8;

const data = encodeDates(makeDates(Number(dates)));
export const model = buildModel();
const optimizer = tf.train.adam(0.01);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  let last = Number.NaN;
  for (let start = 0; start < data[0].shape[0]; start += BATCH_SIZE) {
    const [written, before, iso] = data.map((column) => column.slice(start, BATCH_SIZE));
    const batch = [written, before, iso] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const loss = optimizer.minimize(() => lossOf(model, batch), true) as tf.Scalar;
    last = loss.dataSync()[0] as number;
    tf.dispose([batch, loss]);
  }
  console.log(`epoch ${epoch}: loss ${last.toFixed(4)}`);
}
console.log(`17 MAR 1994 is ${convert(model, "17 MAR 1994")}`);
