/** Saves 96 MB of variables, in alternating rounds with a plain copy of the same bytes by one thread. */
import { join } from "node:path";
import { median } from "@acc/test-kit/bench/row";
import * as tf from "@tensorflow/tfjs";
import { Accelerator } from "../../src/index.ts";

const VARIABLES = 24;
const VALUES = 1_000_000;
const ROUNDS = 9;

/** @returns two medians: milliseconds until `saveState` resolves, and of the copy, which only rank 0 makes. */
export default async function replica(
  folder: string,
  backend: "wasm" | "onnx" = "wasm",
): Promise<number[]> {
  const accelerator = new Accelerator({ backend });
  const variables = Array.from({ length: VARIABLES }, () => tf.variable(tf.ones([VALUES])));
  await accelerator.prepare({ variables });
  const [from, to] = [0, 1].map((value) => new Float32Array(VARIABLES * VALUES).fill(value)) as [
    Float32Array,
    Float32Array,
  ];
  const path = join(folder, "checkpoint");
  await accelerator.saveState(path, { wait: true }); // touches the memory, starts the thread
  const [stalls, copies]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    await accelerator.waitForEveryone();
    let started = performance.now();
    const { written } = await accelerator.saveState(path);
    stalls.push(performance.now() - started);
    await written; // the disk is idle when the next round begins
    await accelerator.waitForEveryone();
    if (!accelerator.isMainProcess) continue;
    started = performance.now();
    to.set(from);
    copies.push(performance.now() - started);
  }
  return [stalls, copies].map(median);
}
