/** An LSTM learns a nursery rhyme, character by character. TensorFlow.js alone, on one thread. */
import * as tf from "@tensorflow/tfjs";
import { buildModel, loadWindows, lossOf, write } from "./text-generation.ts";

const [epochs = "30"] = process.argv.slice(2);
const BATCH_SIZE = 16;

const [windows, followers] = loadWindows();
export const model = buildModel();
const optimizer = tf.train.rmsprop(0.01);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  let last = Number.NaN;
  for (let start = 0; start < windows.shape[0]; start += BATCH_SIZE) {
    const texts = windows.slice(start, BATCH_SIZE);
    const next = followers.slice(start, BATCH_SIZE);
    const loss = optimizer.minimize(() => lossOf(model, texts, next), true) as tf.Scalar;
    last = loss.dataSync()[0] as number;
    tf.dispose([texts, next, loss]);
  }
  console.log(`epoch ${epoch}: loss ${last.toFixed(4)}`);
}
console.log(write(model, 60));
