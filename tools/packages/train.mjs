/** Trains in a project in every way that the README shows. */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInProject } from "./project.mjs";

const LAUNCH = ["npx", "acc", "launch", "--num-processes", "2", "train.ts"];
const PRELOADED = ["node", "--import", "@acc/core/register-ts", "train.ts"];
const PLAIN = ["node", "train.ts"];

/** @param nodeFolder of the Node.js to train with; `stripsTypes` if it also runs TypeScript without help. */
export async function trainEveryWay(project, nodeFolder, { stripsTypes }) {
  await train(project, LAUNCH, 2, nodeFolder);
  await train(project, PRELOADED, 1, nodeFolder);
  if (stripsTypes) await train(project, PLAIN, 1, nodeFolder);
}

/** @throws {Error} unless the run ends well, prints its result once and leaves an event file. */
async function train(project, command, replicas, nodeFolder) {
  const runs = join(project, "runs");
  rmSync(runs, { recursive: true, force: true });
  mkdirSync(runs);
  const output = await runInProject(project, command, { nodeFolder });
  const losses = output.match(/^epoch 10: loss \d+\.\d+$/gm) ?? [];
  const events = readdirSync(runs, { recursive: true }).filter((path) => path.includes("tfevents"));
  const faults = [
    losses.length === 1 ? "" : "it must print the loss of epoch 10 once",
    output.includes(`replicas: ${replicas}\n`) ? "" : `it must run ${replicas} replicas`,
    events.some((path) => statSync(join(runs, path)).size > 1000) ? "" : "no events were written",
  ].filter(Boolean);
  if (faults.length === 0) return;
  throw new Error(`${command.join(" ")} in ${project}: ${faults.join("; ")}:\n${output}`);
}

/** Fails unless ONNX Runtime's library of our own package runs it, without copies. */
const ON_ONNX_RUNTIME = `
import * as tf from "@tensorflow/tfjs";
import { Accelerator } from "@acc/core";

const accelerator = new Accelerator({ backend: "onnx" });
const layers = [tf.layers.dense({ inputShape: [784], units: 512, activation: "relu" }), tf.layers.dense({ units: 10 })];
const [model, optimizer] = await accelerator.prepare(tf.sequential({ layers }), tf.train.sgd(0.01));
const x = tf.randomNormal([128, 784], 0, 1, "float32", 1);
const y = tf.oneHot(tf.range(0, 128, 1, "int32").mod(tf.scalar(10, "int32")), 10).toFloat();
const losses = [];
const times = [];
for (let step = 0; step < 30; step++) {
  const started = performance.now();
  const loss = await accelerator.backward(() => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true })));
  optimizer.step();
  optimizer.zeroGrad();
  losses.push((await loss.data())[0]);
  times.push(performance.now() - started);
}
if (!(losses.at(-1) < losses[0] / 2)) throw new Error("It does not learn: " + losses);
console.log("device", accelerator.device, "step", Math.min(...times).toFixed(1), "ms");
const { path, library } = tf.backend().device.runtime;
console.log("called through", path, "library", library.slice(process.cwd().length + 1));
`;

/** @returns the backend, the library and the time of a step, as the script prints them. */
export async function trainOnOnnxRuntime(project, nodeFolder) {
  writeFileSync(join(project, "on-onnx-runtime.mjs"), ON_ONNX_RUNTIME);
  const output = await runInProject(project, ["node", "on-onnx-runtime.mjs"], { nodeFolder });
  if (!/^called through ffi library .*ort-.*onnxruntime/m.test(output)) throw new Error(output);
  return output.trim().split("\n").slice(-2).join("; ");
}
