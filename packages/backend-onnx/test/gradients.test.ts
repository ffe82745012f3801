import "./compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, noise, withGradients } from "./compare-backends.ts";

const test = suite("gradients of composite functions");

type Fn = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const indices = () => tf.tensor1d([0, 2, 2, 1], "int32");

/** a is in -1..1, b in 0.5..2.5; both [4, 6]. */
const FUNCTIONS: Record<string, Fn> = {
  "sum of squares": (a, b) => tf.add(tf.square(a), tf.square(b)),
  "broadcast sum": (a, b) => tf.add(a, tf.sum(b, 1, true)),
  "broadcast product": (a, b) => tf.mul(tf.mean(a, 0), b),
  quotient: (a, b) => tf.div(a, b),
  "variable power": (a, b) => tf.pow(b, a),
  "fractional power": (_, b) => tf.pow(b, 2.5),
  cube: (a) => tf.pow(a, 3),
  logarithm: (_, b) => tf.log(b),
  "logarithm of 1 + x": (_, b) => tf.log1p(b),
  exponential: (a) => tf.expm1(a),
  root: (_, b) => tf.mul(tf.sqrt(b), tf.rsqrt(b)),
  softplus: (a) => tf.softplus(a),
  "sigmoid and tanh": (a, b) => tf.mul(tf.sigmoid(a), tf.tanh(b)),
  "elu, selu and leaky relu": (a) => tf.addN([tf.elu(a), tf.selu(a), tf.leakyRelu(a, 0.2)]),
  "relu and relu6": (a, b) => tf.add(tf.relu(a), tf.relu6(tf.mul(b, 3))),
  prelu: (a) => tf.prelu(a, noise([6], 4)),
  clip: (a) => tf.clipByValue(a, -0.5, 0.5),
  "absolute value": (a) => tf.abs(a),
  "larger and smaller": (a, b) => tf.sub(tf.maximum(a, tf.sub(b, 1)), tf.minimum(a, tf.sub(b, 1))),
  "squared difference": (a, b) => tf.squaredDifference(a, b),
  modulo: (a, b) => tf.mod(a, b),
  angle: (a, b) => tf.atan2(a, b),
  trigonometry: (a) => tf.add(tf.sin(a), tf.cos(tf.mul(a, 2))),
  "largest of a row": (a) => tf.max(a, 1),
  "smallest of a column": (a) => tf.min(a, 0),
  product: (_, b) => tf.prod(b, 1),
  "cumulative sum": (a) => tf.cumsum(a, 1),
  "log of summed exponentials": (a) => tf.logSumExp(a, 1),
  norm: (a) => tf.norm(a),
  moments: (a) => {
    const { mean, variance } = tf.moments(a, -1, true);
    return tf.div(tf.sub(a, mean), tf.sqrt(tf.add(variance, 1e-5)));
  },
  softmax: (a, b) => tf.mul(tf.softmax(a), b),
  "log of softmax": (a) => tf.logSoftmax(a),
  "matrix product": (a, b) => tf.matMul(a, b, false, true),
  "transposed product": (a, b) => tf.matMul(a, b, true, false),
  "batched product": (a, b) =>
    tf.matMul(tf.reshape(a, [2, 2, 6]), tf.reshape(b, [2, 2, 6]), false, true),
  transpose: (a, b) => tf.mul(tf.transpose(a), tf.transpose(b)),
  reshape: (a) => tf.square(tf.reshape(a, [2, 12])),
  "concatenate and stack": (a, b) =>
    tf.concat([tf.concat([a, b], 1), tf.stack([a, b]).reshape([4, 12])]),
  "split and unstack": (a, b) => {
    const [left, right] = tf.split(a, 2, 1) as [tf.Tensor, tf.Tensor];
    return tf.add(tf.mul(left, right), tf.unstack(b)[1]?.slice(0, 3) as tf.Tensor);
  },
  slice: (a, b) => tf.mul(tf.slice(a, [1, 1], [2, 3]), tf.slice(b, [0, 3], [2, 3])),
  "pad and tile": (a, b) =>
    tf.add(
      tf.pad(a, [
        [1, 1],
        [0, 2],
      ]),
      tf.tile(tf.sum(b, 0, true), [6, 1]).pad([
        [0, 0],
        [1, 1],
      ]),
    ),
  reverse: (a, b) => tf.mul(tf.reverse(a, 1), b),
  "rows by index": (a, b) => tf.mul(tf.gather(a, indices()), b),
  "columns by index": (a) => tf.square(tf.gather(a, indices(), 1)),
  choice: (a, b) => tf.where(tf.greater(noise([4, 6], 5), 0), tf.square(a), b),
  "chosen from a table": (a) => tf.matMul(tf.oneHot(indices(), 4).toFloat(), a),
  "softmax cross-entropy": (a) => tf.losses.softmaxCrossEntropy(tf.oneHot(indices(), 6), a),
  "other losses": (a, b) =>
    tf.addN([
      tf.losses.meanSquaredError(b, a),
      tf.losses.absoluteDifference(b, a),
      tf.losses.huberLoss(b, a),
      tf.losses.hingeLoss(tf.step(a), b),
      tf.losses.logLoss(tf.step(a), tf.div(b, 3)),
      tf.losses.sigmoidCrossEntropy(tf.step(b), a),
    ]),
};

for (const [name, fn] of Object.entries(FUNCTIONS)) {
  test(name, () =>
    agree(name, () => withGradients(onBoth(fn), [noise([4, 6], 1), tf.add(noise([4, 6], 2), 1.5)])),
  );
}

/** tfjs refuses gradients of what does not depend on an input. */
function onBoth(fn: Fn): (...inputs: tf.Tensor[]) => tf.Tensor {
  return (...inputs) => {
    const [a, b] = inputs as [tf.Tensor, tf.Tensor];
    return tf.add(fn(a, b), tf.mul(tf.add(tf.sum(a), tf.sum(b)), 0.125));
  };
}

test.run();
