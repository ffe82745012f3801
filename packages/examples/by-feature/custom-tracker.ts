/** A tracker of your own: it keeps the smallest loss of the run in a file. */
// New
import { writeFileSync } from "node:fs";
import { Accelerator, DataLoader, GeneralTracker, type LogValues, setSeed } from "@acc/core";
// End of new.
import * as tf from "@tensorflow/tfjs";

// New: a tracker is called on the main process only, in the order of the calls, and may be asynchronous.
class SmallestLossTracker extends GeneralTracker {
  readonly name = "smallest_loss";
  readonly requiresLoggingDirectory = false;
  #smallest = Number.POSITIVE_INFINITY;
  #config = {};

  /** The result of `accelerator.getTracker("smallest_loss", { unwrap: true })`. */
  get tracker(): number {
    return this.#smallest;
  }

  override storeInitConfiguration(config: LogValues): void {
    this.#config = config;
  }

  override log({ loss }: LogValues): void {
    this.#smallest = Math.min(this.#smallest, loss as number);
  }

  override finish(): void {
    const result = { ...this.#config, smallest_loss: this.#smallest };
    writeFileSync("smallest-loss.json", JSON.stringify(result));
  }
}

const accelerator = new Accelerator({ logWith: new SmallestLossTracker() });
await accelerator.initTrackers("circle", { config: { learning_rate: 0.03 } });
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
    // New: a tensor becomes a number when the backend has computed it; the loop does not wait.
    accelerator.log({ loss });
    // End of new.
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
}

// New: waits until every tracker has finished.
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
