/** An autoencoder of digits, whose two halves are models too. TensorFlow.js alone, on one thread. */
import * as tf from "@tensorflow/tfjs";
import { buildModels, draw, loadImages, lossOf } from "./autoencoder.ts";

const [epochs = "40"] = process.argv.slice(2);
const BATCH_SIZE = 16;

const data = loadImages();
export const { encoder, decoder, autoencoder } = buildModels();
const optimizer = tf.train.adam(0.005);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  let last = Number.NaN;
  for (let start = 0; start < data.shape[0]; start += BATCH_SIZE) {
    const images = data.slice(start, BATCH_SIZE);
    const loss = optimizer.minimize(() => lossOf(autoencoder, images), true) as tf.Scalar;
    last = loss.dataSync()[0] as number;
    tf.dispose([images, loss]);
  }
  console.log(`epoch ${epoch}: loss ${last.toFixed(4)}`);
}
console.log(draw(encoder, decoder, data));
