/**
 * The demo: a convolutional network learns handwritten digits, data-parallel.
 *
 *     npx acc launch --num-processes 2 digits.ts
 */
import {
  Accelerator,
  DataLoader,
  LoggerType,
  OneCycleScheduler,
  progress,
  setSeed,
} from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { loadDigits } from "./digits/load-digits.ts";
import { movedDigits } from "./digits/moved-digits.ts";

const EPOCHS = 8;
const BATCH_SIZE = 32; // per replica
const LEARNING_RATE = 3e-3; // the highest of the run

setSeed(42); // every run gives the same result
const accelerator = new Accelerator({ logWith: LoggerType.TensorBoard, projectDir: "runs" });
await accelerator.initTrackers("digits", {
  config: { epochs: EPOCHS, batch_size: BATCH_SIZE, learning_rate: LEARNING_RATE },
});

const { train, test } = loadDigits();
const data = new DataLoader<[tf.Tensor2D, tf.Tensor1D]>(movedDigits(train), {
  batchSize: BATCH_SIZE,
  shuffle: true,
});
const adam = tf.train.adam(LEARNING_RATE);
// Up, then down to zero over the run. Schedules count the steps of a single process: those of the loader before it is
// shared out.
const schedule = new OneCycleScheduler(adam, {
  maxLearningRate: LEARNING_RATE,
  totalSteps: EPOCHS * data.length,
});
const [model, optimizer, scheduler, trainLoader, testLoader] = await accelerator.prepare(
  buildModel(),
  adam,
  schedule,
  data,
  new DataLoader<[tf.Tensor4D, tf.Tensor1D]>(test, { batchSize: 100 }),
);
accelerator.print(
  `${train[1].size} digits to learn, ${test[1].size} held out; ` +
    `${accelerator.numProcesses} replicas on ${accelerator.device}.`,
);

let step = 0;
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  const bar = progress(trainLoader, { description: `epoch ${epoch}` });
  for await (const [pixels, labels] of bar) {
    const images = pixels.reshape([-1, 28, 28, 1]);
    const logits = model.apply(images, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.softmaxCrossEntropy(tf.oneHot(labels.toInt(), 10), logits) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    scheduler.step();
    optimizer.zeroGrad();
    accelerator.log({ "train/loss": loss }, { step: step++ });
    if (step % 10 === 0) bar.postfix({ loss: (await loss.data())[0] ?? Number.NaN });
  }
  const accuracy = await evaluate();
  accelerator.log({ "test/accuracy": accuracy }, { step });
  accelerator.print(
    `epoch ${epoch}: ${(100 * accuracy).toFixed(2)} % of the held-out digits right`,
  );
}
await accelerator.endTraining();
accelerator.print(`Look at the run:
  npx acc ui ${process.cwd()}/runs
TensorBoard finds it there, too:
  pip install tensorboard && tensorboard --logdir ${process.cwd()}/runs`);

/** Share of the held-out digits that the model gets right, counted over all replicas. */
async function evaluate(): Promise<number> {
  let right = 0;
  let seen = 0;
  for await (const [images, labels] of testLoader) {
    const predicted = accelerator.noGrad(() => (model.apply(images) as tf.Tensor2D).argMax(1));
    const hits = await accelerator.gatherForMetrics(predicted.equal(labels.toInt()));
    right += (await hits.sum().data())[0] ?? 0;
    seen += hits.size;
  }
  return right / seen;
}

function buildModel(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 128, activation: "relu" }),
      tf.layers.dropout({ rate: 0.25 }),
      tf.layers.dense({ units: 10 }),
    ],
  });
}
