import "./compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { OnnxBackend } from "../src/backend.ts";
import "../src/index.ts";
import { openRuntime } from "../src/ort/open-runtime.ts";
import { registerAllKernels } from "../src/register-all-kernels.ts";

import { noise } from "./noise.ts";

export { noise };

/** Relative to the largest value of the expected tensor. */
const TOLERANCE = 1e-5;

// The formulations without the blocked layout, which other machines compute with.
tf.registerBackend("onnx-plain", () => new OnnxBackend(openRuntime().runtime, 0), 0);
registerAllKernels("onnx-plain");

export type OnnxName = "onnx" | "onnx-plain";

/** Runs `build` on the cpu backend and on ours, and compares all it returns. */
export async function agree(
  label: string,
  build: () => tf.Tensor[] | Promise<tf.Tensor[]>,
  { tolerance = TOLERANCE, backends = ["onnx"] as readonly OnnxName[] } = {},
): Promise<void> {
  const expected = await valuesOn("cpu", build);
  for (const backend of backends) {
    const actual = await valuesOn(backend, build);
    const name = `${label} on ${backend}`;
    compare(actual.results, expected.results, name, tolerance);
    assert.is(actual.numTensors, expected.numTensors, `${name}: tensors left`);
    assert.is(actual.numDataBuffers, expected.numDataBuffers, `${name}: buffers left`);
  }
}

/** The same, with `expected` instead of the cpu backend's values where those are wrong. */
export async function equals(
  label: string,
  build: () => tf.Tensor[],
  expected: readonly (readonly number[])[],
): Promise<void> {
  const { results } = await valuesOn("onnx", build);
  const wanted = expected.map((values, i) => ({
    ...(results[i] as Result),
    values: Float32Array.from(values),
  }));
  compare(results, wanted, label, TOLERANCE);
}

type Result = { readonly shape: number[]; readonly dtype: string; readonly values: tf.TypedArray };

/** What a function returns, and how many tensors it leaves behind. */
type Outcome = {
  readonly results: readonly Result[];
  readonly numTensors: number;
  readonly numDataBuffers: number;
};

async function valuesOn(
  backend: string,
  build: () => tf.Tensor[] | Promise<tf.Tensor[]>,
): Promise<Outcome> {
  await tf.setBackend(backend);
  tf.disposeVariables();
  const before = tf.memory();
  tf.engine().startScope();
  try {
    const tensors = await build();
    const results = tensors.map((tensor) => {
      const { shape, dtype } = tensor;
      return { shape, dtype, values: tensor.dataSync() as tf.TypedArray };
    });
    tf.dispose(tensors);
    tf.engine().endScope();
    tf.disposeVariables();
    const { numTensors, numDataBuffers } = tf.memory();
    return {
      results,
      numTensors: numTensors - before.numTensors,
      numDataBuffers: numDataBuffers - before.numDataBuffers,
    };
  } catch (error) {
    tf.engine().endScope();
    throw error;
  }
}

function compare(
  actual: readonly Result[],
  expected: readonly Result[],
  label: string,
  tolerance: number,
): void {
  assert.is(actual.length, expected.length, label);
  for (const [i, { shape, dtype, values }] of expected.entries()) {
    const found = actual[i] as Result;
    assert.equal(found.shape, shape, `${label}, result ${i}: shape`);
    assert.is(found.dtype, dtype, `${label}, result ${i}: type`);
    assert.is(found.values.length, values.length, `${label}, result ${i}: length`);
    let scale = 1e-6;
    for (const value of values)
      if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
    for (const [j, value] of values.entries()) {
      const other = found.values[j] as number;
      const same = Object.is(value, other) || Math.abs(value - other) <= tolerance * scale;
      if (!same)
        assert.unreachable(`${label}, result ${i}: element ${j} is ${other}, not ${value}`);
    }
  }
}

/** Whole numbers from `least` to `largest`. */
export function integers(
  shape: readonly number[],
  least: number,
  largest: number,
  seed = 0,
): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const count = largest - least + 1;
  const values = Array.from({ length: size }, (_, i) => least + ((i * 7 + seed * 3) % count));
  return tf.tensor(values, [...shape], "int32");
}

/** The value of `fn` and the gradients of its weighted sum with respect to its inputs. */
export function withGradients(
  fn: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
): tf.Tensor[] {
  const value = fn(...inputs);
  const gradients = tf.grads((...xs: tf.Tensor[]) => {
    const y = fn(...xs);
    return tf.sum(tf.mul(y, noise(y.shape, 9)));
  })(inputs);
  return [value, ...gradients];
}
