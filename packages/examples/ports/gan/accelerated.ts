/** A generative adversarial network with two optimizers. On as many replicas as `acc launch` starts. */
import { Accelerator, type BackendName, DataLoader } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import {
  buildDiscriminator,
  buildGenerator,
  discriminatorLoss,
  distanceFromCircle,
  generatorLoss,
  loadPoints,
} from "./gan.ts";

const [epochs = "60", backend = "auto"] = process.argv.slice(2);
const BATCH_SIZE = 64;

const accelerator = new Accelerator({
  backend: backend as BackendName,
  dataLoaderConfiguration: { splitBatches: true },
});
const [points, noises] = loadPoints();
// Two models and two optimizers: the first optimizer updates the first model, the second the second.
export const [generator, discriminator, generatorOptimizer, discriminatorOptimizer, loader] =
  await accelerator.prepare(
    buildGenerator(),
    buildDiscriminator(),
    tf.train.adam(0.003, 0.5),
    tf.train.adam(0.003, 0.5),
    new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([points, noises], { batchSize: BATCH_SIZE }),
  );

for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  for await (const [real, noise] of loader) {
    const drawn = accelerator.noGrad(() => generator.apply(noise) as tf.Tensor2D);
    await accelerator.backward(discriminatorLoss(discriminator, real, drawn));
    discriminatorOptimizer.step();
    discriminatorOptimizer.zeroGrad();
    await accelerator.backward(generatorLoss(generator, discriminator, noise));
    generatorOptimizer.step();
    generatorOptimizer.zeroGrad();
    discriminatorOptimizer.zeroGrad(); // the generator's loss went through the discriminator
  }
  const distance = distanceFromCircle(generator, noises);
  accelerator.print(`epoch ${epoch}: ${distance.toFixed(4)} from the circle`);
}
