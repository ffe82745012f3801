import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";

const TOLERANCE = 1e-4;

/** Runs `build` on both backends and compares all it returns. */
export async function agree(build: () => tf.Tensor[], label: string, leaks = 0): Promise<void> {
  const results: tf.TypedArray[][] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    await selectBackend(backend);
    const before = tf.memory().numTensors;
    const tensors = tf.tidy(() => build());
    results.push(tensors.map((tensor) => tensor.dataSync()));
    tf.dispose(tensors);
    assert.is(tf.memory().numTensors, before + leaks, `${label} leaks on ${backend}`);
  }
  const [cpu = [], wasm = []] = results;
  for (const [index, expected] of cpu.entries()) {
    const actual = wasm[index] ?? [];
    assert.is(actual.length, expected.length, label);
    for (const [i, value] of expected.entries()) {
      const scale = Math.max(1, Math.abs(value));
      assert.ok(
        Math.abs((actual[i] ?? Number.NaN) - value) <= TOLERANCE * scale,
        `${label}: result ${index}, element ${i} is ${actual[i]}, not ${value}`,
      );
    }
  }
}

/** Values in -1..1 that do not depend on the backend. */
export function noise(shape: number[], seed: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233)),
    shape,
  );
}

/** The gradients of `sum(f(inputs) * noise)` with respect to every input, and the value. */
export function gradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
): tf.Tensor[] {
  const weighted = (...args: tf.Tensor[]) => {
    const output = f(...args);
    return tf.sum(tf.mul(output, noise(output.shape, 9))) as tf.Scalar;
  };
  return tf.grads(weighted)(inputs);
}
