import * as tf from "@tensorflow/tfjs";

/** Values in -1..1 that depend on the shape and the seed only. */
export function noise(shape: readonly number[], seed: number, scale = 1): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from(
    { length: size },
    (_, i) => Math.sin(i * 12.9898 + seed * 78.233) * scale,
  );
  return tf.tensor(values, [...shape]);
}
