/** A tracker of one's own: it keeps the smallest loss of the run in a file. */
// New
import { writeFileSync } from "node:fs";
import { Accelerator, DataLoader, GeneralTracker, type LogValues } from "@acc/core";
// End of new.
import * as tf from "@tensorflow/tfjs";

// New: a tracker is called on the main process only, in the order of the calls, and may be asynchronous.
class SmallestLossTracker extends GeneralTracker {
  readonly name = "smallest_loss";
  readonly requiresLoggingDirectory = false;
  #smallest = Number.POSITIVE_INFINITY;
  #config = {};

  /** What `accelerator.getTracker("smallest_loss", { unwrap: true })` gives. */
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
await accelerator.initTrackers("circle", { config: { learning_rate: 0.02 } });
// End of new.

// Points in a square, and which of them lie in a circle; a seed makes them alike on all replicas.
const points = tf.randomUniform<tf.Rank.R2>([2048, 2], -1, 1, "float32", 42);
const inside = points.square().sum(1, true).less(0.6).toFloat();

const adam = tf.train.adam(0.02);
const data = new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([points, inside], {
  batchSize: 32,
  shuffle: true,
});
const [model, optimizer, loader] = await accelerator.prepare(buildModel(), adam, data);

for (let epoch = 1; epoch <= 5; epoch++) {
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

function buildModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [2], units: 16, activation: "tanh" }),
      tf.layers.dense({ units: 1 }),
    ],
  });
}
