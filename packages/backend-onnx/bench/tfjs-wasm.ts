/** Prints the milliseconds of a step of plain TensorFlow.js on wasm: `tfjs-wasm.ts MODEL STEPS`. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { median } from "@acc/test-kit/bench/row";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { MODELS, type ModelName } from "./models.ts";

const WARM_UP = 2;
const [model, steps] = process.argv.slice(2);
const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
setWasmPaths(`${join(dirname(entry), "../wasm-out")}/`);
await tf.setBackend("wasm");
const { variables, inputs, targets, loss, optimizer: make } = MODELS[model as ModelName]();
const optimizer = make();
const times: number[] = [];
for (let i = 0; i < WARM_UP + Number(steps); i++) {
  const started = performance.now();
  const value = optimizer.minimize(() => loss(inputs, targets) as tf.Scalar, true, [...variables]);
  await value?.data();
  times.push(performance.now() - started);
  value?.dispose();
}
console.log(median(times.slice(WARM_UP)));
