/**
 * The demo: a convolutional network learns handwritten digits, data-parallel.
 *
 *     npx acc launch --num-processes 2 digits.ts
 */
import { Accelerator, DataLoader, LambdaScheduler, LoggerType, progress } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { loadDigits } from "./digits/load-digits.ts";

const EPOCHS = 5;
const BATCH_SIZE = 32; // per replica
const LEARNING_RATE = 4e-3;

const accelerator = new Accelerator({ logWith: LoggerType.TensorBoard, projectDir: "runs" });
await accelerator.initTrackers("digits", {
  config: { epochs: EPOCHS, batch_size: BATCH_SIZE, learning_rate: LEARNING_RATE },
});

const { train, test } = loadDigits();
const data = new DataLoader<[tf.Tensor4D, tf.Tensor1D]>(train, {
  batchSize: BATCH_SIZE,
  shuffle: true,
  seed: 1,
});
const adam = tf.train.adam(LEARNING_RATE);
// Down to zero over the run. Schedules count the steps of a single process: those of the loader before it is shared out.
const decay = new LambdaScheduler(adam, (step) => Math.max(1 - step / (EPOCHS * data.length), 0));
const [model, optimizer, scheduler, trainLoader, testLoader] = await accelerator.prepare(
  buildModel(),
  adam,
  decay,
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
  for await (const [images, labels] of bar) {
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
accelerator.print(`TensorBoard files are in ${process.cwd()}/runs. Look at them with:
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
      tf.layers.dense({ units: 64, activation: "relu" }),
      tf.layers.dense({ units: 10 }),
    ],
  });
}
