import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";
import { gradients } from "../backend/compare-backends.ts";

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

const TOLERANCE = 2e-5;

/**
 * Compares the value and all gradients of a function with those of tfjs operations that compute the same, on
 * the cpu and the wasm backend, and counts the tensors it leaves behind.
 *
 * @param reference runs on the cpu backend.
 */
export async function agreeWithReference(
  actual: Operation,
  reference: Operation,
  inputs: () => tf.Tensor[],
  label: string,
): Promise<void> {
  await selectBackend("cpu");
  const expected = tf.tidy(() => results(reference, inputs()).map((t) => t.dataSync()));
  for (const backend of ["cpu", "wasm"] as const) {
    await selectBackend(backend);
    const before = tf.memory().numTensors;
    const found = tf.tidy(() => results(actual, inputs()).map((t) => t.dataSync()));
    assert.is(tf.memory().numTensors, before, `${label} leaks on ${backend}`);
    for (const [index, values] of expected.entries()) {
      const what = index === 0 ? "the value" : `the gradient of input ${index - 1}`;
      assertClose(found[index], values, `${label} on ${backend}: ${what}`);
    }
  }
}

function results(operation: Operation, inputs: tf.Tensor[]): tf.Tensor[] {
  return [operation(...inputs), ...gradients(operation, inputs)];
}

function assertClose(
  actual: tf.TypedArray | undefined,
  expected: tf.TypedArray,
  label: string,
): void {
  assert.is(actual?.length, expected.length, label);
  const largest = Math.max(1e-3, ...Array.from(expected, Math.abs));
  for (const [i, value] of expected.entries()) {
    assert.ok(
      Math.abs((actual?.[i] ?? Number.NaN) - value) <= TOLERANCE * largest,
      `${label}: element ${i} is ${actual?.[i]}, not ${value}`,
    );
  }
}
