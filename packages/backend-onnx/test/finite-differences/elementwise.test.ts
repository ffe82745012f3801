import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { suite } from "uvu";
import { anyRank, positive, property, upTo, wave } from "./property.ts";

const test = suite(
  "gradients of tfjs are the slopes of the values, over random shapes, on all backends: elementwise",
);

const UNARY: readonly ((x: tf.Tensor) => tf.Tensor)[] = [
  ...[tf.abs, tf.sin, tf.cos, tf.tanh, tf.sinh, tf.cosh, tf.asinh, tf.atan, tf.erf, tf.exp],
  ...[tf.expm1, tf.sigmoid, tf.softplus, tf.square, tf.elu, tf.selu, tf.relu, tf.neg, tf.relu6],
  ...[
    tf.logSigmoid,
    (x: tf.Tensor) => tf.leakyRelu(x, 0.3),
    (x: tf.Tensor) => tf.clipByValue(x, -3, 3),
  ],
  ...[tf.log, tf.log1p, tf.sqrt, tf.rsqrt, tf.reciprocal].map(
    (fn) => (x: tf.Tensor) => fn(positive(x)),
  ),
  ...[tf.asin, tf.acos, tf.atanh, tf.tan].map((fn) => (x: tf.Tensor) => fn(tf.mul(x, 0.4))),
  (x) => tf.acosh(tf.add(x, 3)),
];
property(
  test,
  "functions of one tensor",
  fc.record({ shape: anyRank(0, 4), fn: fc.constantFrom(...UNARY) }).map(({ shape, fn }) => ({
    shapes: [shape],
    fn: (x) => fn(x as tf.Tensor),
    label: String(fn),
  })),
);

const BINARY: readonly ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[] = [
  ...[tf.add, tf.sub, tf.mul, tf.squaredDifference],
  (a, b) => tf.div(a, positive(b)),
  (a, b) => tf.pow(positive(a), b),
  (a, b) => tf.atan2(a, positive(b)),
  (a, b) => tf.maximum(a, tf.add(b, 4)),
  (a, b) => tf.minimum(a, tf.sub(b, 4)),
  (a, b) => tf.where(tf.greater(wave(a.shape, 3), 0), a, tf.broadcastTo(b, a.shape)),
  (a, b) => tf.prelu(a, b),
];
property(
  test,
  "functions of two tensors, one broadcast",
  fc
    .record({
      shape: anyRank(1, 4),
      cut: upTo(2, 0),
      ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fn: fc.constantFrom(...BINARY),
    })
    .map(({ shape, cut, ones, fn }) => ({
      shapes: [
        shape,
        shape.map((length, i) => (ones[i] ? 1 : length)).slice(Math.min(cut, shape.length - 1)),
      ],
      fn: (a, b) => fn(a as tf.Tensor, b as tf.Tensor),
      label: String(fn),
    })),
);

test.run();
