/** A figure, images with captions, and audio: `npx acc ui runs` shows them, as does each tracker that has a place for them. */
// New
import { Accelerator, audio, DataLoader, figure, image, setSeed } from "@acc/core";
// End of new.
import * as tf from "@tensorflow/tfjs";

// New: "local" is the page. With others beside it: logWith: ["local", "wandb"].
const accelerator = new Accelerator({ logWith: "local", projectDir: "runs" });
await accelerator.initTrackers("circle");
const losses: number[] = [];
const SIZE = 32;
const grid = tf.linspace(-1, 1, SIZE);
const pixels = tf.stack(tf.meshgrid(grid, grid), 2).reshape([-1, 2]);
const RATE = 8000; // samples in a second
// End of new.

setSeed(42); // every run draws the same random numbers, and every replica too
// Points in a square, and which of them lie in a circle.
const points = tf.randomUniform<tf.Rank.R2>([2048, 2], -1, 1);
const inside = points.square().sum(1, true).less(0.6).toFloat();

const adam = tf.train.adam(0.03);
const data = new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([points, inside], {
  batchSize: 32,
  shuffle: true,
});
const [model, optimizer, loader] = await accelerator.prepare(buildModel(), adam, data);

for (let epoch = 1; epoch <= 10; epoch++) {
  for await (const [inputs, targets] of loader) {
    const outputs = model.apply(inputs, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.sigmoidCrossEntropy(targets, outputs) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
    // New: how the loss falls, what the model takes for the circle, and a tone that falls with the loss.
    if (!loader.endOfDataloader) continue;
    losses.push(await loss.array());
    const curve = figure({ data: [{ type: "scatter", y: losses }], layout: { title: "Loss" } });
    const region = tf.sigmoid(model.predict(pixels) as tf.Tensor2D).reshape([SIZE, SIZE, 1]);
    const hertz = 880 * (losses.at(-1) ?? 0);
    const samples = Float32Array.from({ length: RATE / 4 }, (_, at) =>
      Math.sin((2 * Math.PI * hertz * at) / RATE),
    );
    const tone = audio({ samples, sampleRate: RATE }, { caption: `${hertz.toFixed(0)} Hz` });
    const found = image(region as tf.Tensor3D, { caption: `what epoch ${epoch} takes for it` });
    accelerator.log({ curve, found, tone }, { step: epoch });
    // End of new.
  }
}
// New
await accelerator.endTraining();
// End of new.

const guesses = (model.predict(points) as tf.Tensor2D).greater(0);
const share = await guesses.equal(inside.greater(0)).mean().array();
accelerator.print(`${(100 * Number(share)).toFixed(1)} % of the points right`);

function buildModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [2], units: 32, activation: "relu" }),
      tf.layers.dense({ units: 1 }),
    ],
  });
}
