/** Prints the milliseconds of a step of plain TensorFlow.js: `plain.ts MODEL STEPS BACKEND`. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { median } from "@acc/test-kit/bench/row";
import * as tf from "@tensorflow/tfjs";
import { MODELS, type ModelName } from "./models.ts";

const [modelName, steps, backend] = process.argv.slice(2) as [ModelName, string, string];
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
if (backend === "tensorflow") createRequire(join(process.cwd(), "x.js"))("@tensorflow/tfjs-node");
await tf.setBackend(backend);

const warmUp = backend === "cpu" ? 0 : 5; // its steps take seconds
const model = MODELS[modelName]();
const [inputs, targets] = [model.inputs(model.batchSize), model.targets(model.batchSize)];
const optimizer = model.optimizer();
const variables = Object.values(model.variables);
const times: number[] = [];
for (let step = 0; step < Number(steps) + warmUp; step++) {
  const started = performance.now();
  const loss = optimizer.minimize(() => model.loss(inputs, targets), true, variables);
  await loss?.data();
  loss?.dispose();
  times.push(performance.now() - started);
}
console.log(median(times.slice(warmUp)));
