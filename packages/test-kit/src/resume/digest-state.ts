import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";

/** The part of a prepared optimizer whose state is compared. */
export type PreparedOptimizer = { readonly optimizer: tf.Optimizer; readonly learningRate: number };

/** Digest of weights, and of slots, counts and learning rates: everything an optimizer remembers is among its fields. */
export function digestState(
  variables: readonly tf.Variable[],
  optimizers: readonly PreparedOptimizer[],
): string {
  const hash = createHash("sha256");
  const add = (tensor: tf.Tensor) => {
    const values = tensor.dataSync() as Float32Array;
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
  for (const variable of variables) add(variable);
  for (const { optimizer, learningRate } of optimizers) {
    hash.update(JSON.stringify([learningRate, optimizer.iterations]));
    for (const [, field] of Object.entries(optimizer).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (field instanceof tf.Variable) add(field);
      else if (Array.isArray(field))
        for (const slot of field as { variable: tf.Variable }[]) add(slot.variable);
    }
  }
  return hash.digest("hex");
}
