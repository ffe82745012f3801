/**
 * A convolutional network learns handwritten digits. Works as `cv_example` and `complete_cv_example` of Accelerate.
 *
 *     npx acc launch --num-processes 2 from-accelerate/cv-example.ts --with-tracking --checkpointing-steps 100
 */
import {
  Accelerator,
  DataLoader,
  OneCycleScheduler,
  setSeed,
  softmaxCrossEntropy,
} from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { loadDigits } from "../digits/load-digits.ts";
import { movedDigits } from "../digits/moved-digits.ts";
import { readArguments } from "./read-arguments.ts";

const BATCH_SIZE = 32; // per replica
const LEARNING_RATE = 1e-2; // the highest of the run
/** Of the pixels of the digits to learn from. */
const [MEAN, DEVIATION] = [0.13, 0.31];

const { numEpochs, withTracking, savesEpochs, options } = readArguments({ numEpochs: 3 });
const accelerator = new Accelerator(options);
setSeed(42);
if (withTracking) {
  const config = { lr: LEARNING_RATE, num_epochs: numEpochs, batch_size: BATCH_SIZE };
  await accelerator.initTrackers("cv-example", { config });
}

const { train, test } = loadDigits();
// Moved a little whenever they are read: the images of an epoch are never quite those of another.
const data = new DataLoader<[tf.Tensor2D, tf.Tensor1D]>(movedDigits(train), {
  batchSize: BATCH_SIZE,
  shuffle: true,
});
const heldOut = new DataLoader<[tf.Tensor4D, tf.Tensor1D]>(test, { batchSize: 100 });
const adam = tf.train.adam(LEARNING_RATE);
const schedule = new OneCycleScheduler(adam, {
  maxLearningRate: LEARNING_RATE,
  totalSteps: numEpochs * data.length,
});
const [model, optimizer, scheduler, trainLoader, heldOutLoader] = await accelerator.prepare(
  buildModel(),
  adam,
  schedule,
  data,
  heldOut,
);
const progress = accelerator.registerForCheckpointing({ step: 0 });

if (options.resumeFromCheckpoint !== undefined) {
  const checkpoint = await accelerator.loadState();
  if (checkpoint) accelerator.print(`going on from step ${progress.step}`);
}

// A checkpoint knows the epoch, and the place in it.
for (let epoch = trainLoader.epoch + 1; epoch <= numEpochs; epoch++) {
  for await (const [pixels, labels] of trainLoader) {
    const loss = softmaxCrossEntropy(labels.toInt(), logitsOf(pixels));
    await accelerator.backward(loss);
    optimizer.step();
    scheduler.step();
    optimizer.zeroGrad();
    progress.step += 1;
    if (withTracking)
      accelerator.log({ train_loss: loss }, { step: progress.step, reduce: "mean" });
  }
  const accuracy = await evaluate();
  accelerator.print(`epoch ${epoch}: accuracy ${(100 * accuracy).toFixed(2)} %`);
  if (withTracking) accelerator.log({ accuracy, epoch }, { step: progress.step });
  if (savesEpochs) await accelerator.saveState();
}
await accelerator.endTraining();

/** Share of the held-out digits that the model gets right, on all replicas, each digit once. */
async function evaluate(): Promise<number> {
  let [right, seen] = [0, 0];
  for await (const [pixels, labels] of heldOutLoader) {
    const predictions = accelerator.noGrad(() => logitsOf(pixels).argMax(1));
    const hits = await accelerator.gatherForMetrics(predictions.equal(labels.toInt()));
    right += Number(await hits.sum().array());
    seen += hits.size;
  }
  return right / seen;
}

/** Scores of the ten digits, `[batch, 10]`. */
function logitsOf(pixels: tf.Tensor): tf.Tensor2D {
  const images = pixels.reshape([-1, 28, 28, 1]).sub(MEAN).div(DEVIATION);
  return model.apply(images) as tf.Tensor2D;
}

function buildModel(): tf.Sequential {
  const convolution = { filters: 16, kernelSize: 3, strides: 2, activation: "relu" } as const;
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ ...convolution, inputShape: [28, 28, 1], filters: 8 }),
      tf.layers.conv2d(convolution),
      tf.layers.flatten(),
      tf.layers.dense({ units: 64, activation: "relu" }),
      tf.layers.dense({ units: 10 }),
    ],
  });
}
