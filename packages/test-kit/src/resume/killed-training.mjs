/**
 * Trains on any number of replicas with 12 samples in a step, and logs which samples they were. Arguments: the tracker; the step at
 * which the process kills itself, or -1.
 */
import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

const [tracker = "", dieAt = "-1"] = process.argv.slice(2);
const accelerator = new Accelerator({
  ...{ backend: "cpu", projectDir: "runs", logWith: tracker },
  dataLoaderConfiguration: { splitBatches: true },
  checkpoints: { everySteps: 4 },
  resumeFromCheckpoint: "latest",
});
await accelerator.initTrackers("killed", { config: { samples: 96 } });
setSeed(7);
const [model, optimizer, loader] = await accelerator.prepare(
  { weight: tf.variable(tf.scalar(0)) },
  tf.train.adam(0.01),
  new DataLoader(tf.range(0, 96), { batchSize: 12, shuffle: true }),
);
const progress = accelerator.registerForCheckpointing({ step: 0 });
await accelerator.loadState();
while (loader.epoch < 6) {
  for await (const samples of loader) {
    await accelerator.backward(tf.mean(tf.square(tf.sub(samples, model.weight))));
    optimizer.step();
    optimizer.zeroGrad();
    // The same on any number of replicas: unlike a loss, integers have no last bits. Below 2 ** 24, so exact in float32.
    const seen = await accelerator.reduce(tf.sum(tf.square(samples)), "sum");
    accelerator.log({ seen, half: progress.step / 2 }, { step: progress.step++ });
    await new Promise((resolve) => setTimeout(resolve, 20)); // the tracker gets values behind the checkpoint too
    if (progress.step === Number(dieAt) && accelerator.isMainProcess)
      process.kill(process.pid, "SIGKILL");
  }
}
await accelerator.endTraining();
