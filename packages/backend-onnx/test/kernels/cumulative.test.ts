import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OnnxBackend } from "../../src/index.ts";
import { agree, equals, integers, noise } from "../compare-backends.ts";

const test = suite("cumulative kernels");

/** exclusive, reverse */
const ACCUMULATIONS = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

test("cumulative sums", async () => {
  for (const axis of [0, 1, 2]) {
    for (const flags of ACCUMULATIONS) {
      await agree(`axis ${axis} ${flags}`, () => [
        tf.cumsum(noise([2, 3, 4], 1), axis, ...flags),
        tf.cumsum(integers([2, 3, 4], -3, 3), axis, ...flags),
      ]);
    }
  }
});

test("cumulative products", async () => {
  const tiny = 1e-30;
  const huge = 1e30;
  for (const flags of ACCUMULATIONS) {
    for (const shape of [[1], [7], [2, 1], [2, 3, 4], [3, 1, 5, 2]]) {
      for (let axis = 0; axis < shape.length; axis++) {
        await agree(`${shape} axis ${axis} ${flags}`, () => [
          tf.cumprod(noise(shape, 1, 2), axis, ...flags),
          tf.cumprod(integers(shape, -2, 3), axis, ...flags), // some of them 0
          tf.cumprod(tf.greater(noise(shape, 2), -0.5), axis, ...flags),
        ]);
      }
    }
    await agree(`beyond the range of floats ${flags}`, () => [
      tf.cumprod([tiny, tiny, huge, huge, -1], 0, ...flags),
      tf.cumprod([huge, -huge, tiny, 0, 3], 0, ...flags),
      tf.cumprod(tf.concat([[0], tf.fill([100], -50), [0, 2]]) as tf.Tensor1D, 0, ...flags),
      tf.cumprod([1, Number.NaN, 0, 2], 0, ...flags),
      tf.cumprod([2, Number.POSITIVE_INFINITY, -1, 0], 0, ...flags),
    ]);
  }
  // The cpu kernel has no negative axes.
  await equals("last axis", () => [tf.cumprod(integers([2, 3], 1, 6), -1)], [
    [1, 2, 6, 4, 20, 120],
  ]);
  await agree("long, and one after the other", () => [
    tf.cumprod(noise([3, 500], 1, 2), 1),
    tf.cumprod(tf.cumprod(noise([3, 4], 1, 2), 0), 1),
  ]);
  const { fallbacks } = (tf.findBackend("onnx") as OnnxBackend).statistics;
  assert.is(fallbacks.get("Cumprod"), undefined);
});

test.run();
