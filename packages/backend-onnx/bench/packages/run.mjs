/**
 * Runs a program of `programs.mjs` and prints the milliseconds of CPU and of wall time that it takes:
 * `node --random-seed=1 [--import @acc/backend-onnx] run.mjs BACKEND PROGRAM FOLDER`.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { PROGRAMS } from "./programs.mjs";

const [backend, name, folder] = process.argv.slice(2);
process.chdir(folder);
const require = createRequire(join(folder, "package.json"));
const tf = require("@tensorflow/tfjs");
if (backend === "wasm") {
  const { Accelerator } = await import("@acc/core");
  await new Accelerator({ backend }).prepare();
} else if (backend === "cpu") {
  await tf.setBackend(backend);
}
const program = PROGRAMS[name](require, tf); // loads the package
await tf.ready();
if (tf.getBackend() !== backend) throw new Error(`The backend is ${tf.getBackend()}.`);
const print = console.log;
console.log = () => {}; // the programs' own output
const started = process.cpuUsage();
const startedAt = performance.now();
const step = await program();
const { user, system } = process.cpuUsage(started);
const wall = performance.now() - startedAt;
print(...(step ?? [(user + system) / 1000, wall]));
process.exit(0);
