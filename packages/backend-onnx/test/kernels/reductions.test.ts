import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, integers, noise } from "../compare-backends.ts";

const test = suite("kernels that reduce");

test("reductions over every axis, kept and dropped", async () => {
  const shape = [2, 3, 4];
  for (const axis of [undefined, 0, 1, 2, -1, [0, 2], [0, 1, 2], [-1, -3], []]) {
    for (const keepDims of [false, true]) {
      await agree(`axis ${axis} keepDims ${keepDims}`, () => {
        const x = noise(shape, 1);
        return [
          ...[tf.sum, tf.mean, tf.max, tf.min, tf.prod].map((fn) => fn(x, axis, keepDims)),
          tf.all(tf.greater(x, 0), axis, keepDims),
          tf.any(tf.greater(x, 0.9), axis, keepDims),
          tf.logSumExp(x, axis, keepDims),
        ];
      });
    }
  }
});

test("reductions of int32, bool and single numbers", async () => {
  await agree("int32", () => {
    const x = integers([3, 4], -5, 9);
    return [tf.sum(x, 1), tf.mean(x, 0), tf.max(x, 1), tf.min(x, 0), tf.prod(x, 1), tf.sum(x)];
  });
  await agree("bool", () => {
    const x = tf.tensor2d([1, 0, 1, 1, 0, 0], [2, 3], "bool");
    return [tf.sum(x, 1), tf.mean(x, 0), tf.prod(x, 1), tf.all(x, 0), tf.any(x)];
  });
  await agree("a scalar", () => [tf.sum(3), tf.max(2), tf.mean(4), tf.sum(noise([1, 1], 2), 1)]);
});

test("sums and products of int32 wrap, as JavaScript's numbers do when they become int32", () =>
  agree("int32 that overflows", () => {
    const x = tf.tensor2d([2147483647, 1, 2147483647, 3, -2147483648, -1], [3, 2], "int32");
    return [tf.sum(x, 1), tf.sum(x, 0), tf.prod(x, 1), tf.sum(x), tf.sum(x, 1, true)];
  }));

test("NaN is the largest and the smallest, but at no place", () =>
  agree("NaN", () => {
    const x = tf.tensor2d([1, NaN, 7, 3, -2, Infinity, -Infinity, 0], [2, 4]);
    return [tf.max(x, 1), tf.min(x, 1), tf.max(x), tf.argMax(x, 1), tf.argMin(x, 1)];
  }));

test("places of the largest and the smallest, the first of equal ones", async () => {
  for (const axis of [0, 1, -1]) {
    await agree(`axis ${axis}`, () => [
      tf.argMax(noise([3, 4, 2], 1), axis),
      tf.argMin(noise([3, 4, 2], 1), axis),
      tf.argMax(integers([4, 4, 2], 0, 2), axis),
      tf.argMin(integers([4, 4, 2], 0, 2), axis),
    ]);
  }
  await agree("topk", () => {
    const { values, indices } = tf.topk(noise([3, 7], 2), 3);
    const ties = tf.topk(integers([2, 6], 0, 2), 4);
    return [values, indices, ties.values, ties.indices];
  });
});

test.run();
