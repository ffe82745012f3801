/** A generative adversarial network with two optimizers. TensorFlow.js alone, on one thread. */
import * as tf from "@tensorflow/tfjs";
import {
  buildDiscriminator,
  buildGenerator,
  discriminatorLoss,
  distanceFromCircle,
  generatorLoss,
  loadPoints,
} from "./gan.ts";

const [epochs = "60"] = process.argv.slice(2);
const BATCH_SIZE = 64;

const [points, noises] = loadPoints();
export const generator = buildGenerator();
export const discriminator = buildDiscriminator();
const generatorOptimizer = tf.train.adam(0.003, 0.5);
const discriminatorOptimizer = tf.train.adam(0.003, 0.5);

const variablesOf = (model: tf.LayersModel) =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  for (let start = 0; start < points.shape[0]; start += BATCH_SIZE) {
    tf.tidy(() => {
      const real = points.slice(start, BATCH_SIZE);
      const noise = noises.slice(start, BATCH_SIZE);
      const drawn = generator.apply(noise) as tf.Tensor2D;
      const loss = () => discriminatorLoss(discriminator, real, drawn);
      discriminatorOptimizer.minimize(loss, false, variablesOf(discriminator));
      const answer = () => generatorLoss(generator, discriminator, noise);
      generatorOptimizer.minimize(answer, false, variablesOf(generator));
    });
  }
  const distance = distanceFromCircle(generator, noises);
  console.log(`epoch ${epoch}: ${distance.toFixed(4)} from the circle`);
}
