/**
 * Trains on a million shuffled samples. Begun with a folder and nothing more, it saves in the middle of the epoch and kills its
 * process; with `resume` it goes on from there. Prints "step" after its first step.
 */
import { Accelerator, DataLoader } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

const SAMPLES = 1_000_000;
const BATCH = 500;
const MIDDLE = SAMPLES / BATCH / 4; // steps of two replicas

export default async function replica(folder, way) {
  const accelerator = new Accelerator({ backend: "wasm" });
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 16, activation: "relu", inputShape: [4] })],
  });
  model.add(tf.layers.dense({ units: 1 }));
  const values = new Float32Array(4 * SAMPLES);
  for (let i = 0; i < values.length; i++) values[i] = (i * 7919) % 13;
  const x = tf.tensor2d(values, [SAMPLES, 4]);
  const loader = new DataLoader({ x }, { batchSize: BATCH, shuffle: true, seed: 1 });
  const [prepared, optimizer, batches] = await accelerator.prepare(model, tf.train.adam(), loader);
  if (way === "resume") await accelerator.loadState(folder);
  let steps = 0;
  for await (const batch of batches) {
    await accelerator.backward(() => prepared.apply(batch.x).square().mean());
    optimizer.step();
    optimizer.zeroGrad();
    if (++steps === 1 && accelerator.isMainProcess) process.stdout.write("step\n");
    if (way !== "save") return;
    if (steps === MIDDLE) {
      await accelerator.saveState(folder, { wait: true });
      if (accelerator.isMainProcess) process.kill(process.pid, "SIGKILL");
    }
  }
}
