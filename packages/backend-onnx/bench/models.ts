/** The models that are timed, as `torch/train.py` builds them. */
import { attentionSoftmax, gelu, layerNorm, lstm, softmaxCrossEntropy } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

export type ModelName = "mlp" | "cnn" | "transformer" | "lstm";

export type BenchModel = {
  readonly variables: readonly tf.Variable[];
  readonly inputs: tf.Tensor;
  readonly targets: tf.Tensor;
  readonly loss: (inputs: tf.Tensor, targets: tf.Tensor) => tf.Tensor;
  readonly optimizer: () => tf.Optimizer;
};

export const BATCH_SIZES: Readonly<Record<ModelName, number>> = {
  ...{ mlp: 128, cnn: 64, transformer: 16, lstm: 32 },
};

let seed = 0;

function weights(...shape: number[]): tf.Variable {
  const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  seed += 1;
  return tf.variable(tf.randomNormal(shape, 0, 1 / Math.sqrt(fanIn), "float32", seed));
}

const zeros = (...shape: number[]): tf.Variable => tf.variable(tf.zeros(shape));
const ones = (...shape: number[]): tf.Variable => tf.variable(tf.ones(shape));

function classes(count: number, number: number): tf.Tensor {
  return tf.tensor1d(
    Array.from({ length: count }, (_, i) => i % number),
    "int32",
  );
}

/** 784-512-256-10, SGD. */
function mlp(): BenchModel {
  const layers = [
    [784, 512],
    [512, 256],
    [256, 10],
  ] as const;
  const kernels = layers.map((shape) => weights(...shape));
  const biases = layers.map(([, units]) => zeros(units));
  return {
    variables: [...kernels, ...biases],
    inputs: tf.randomNormal([BATCH_SIZES.mlp, 784], 0, 1, "float32", 1),
    targets: classes(BATCH_SIZES.mlp, 10),
    loss: (inputs, targets) => {
      let x = inputs;
      for (const [i, kernel] of kernels.entries()) {
        x = tf.add(tf.matMul(x, kernel), biases[i] as tf.Variable);
        if (i < 2) x = tf.relu(x);
      }
      return softmaxCrossEntropy(targets, x);
    },
    optimizer: () => tf.train.sgd(0.01),
  };
}

/** Two convolutions of 32 and 64 channels on 28 x 28 pixels, a hidden layer of 128, Adam. */
function cnn(): BenchModel {
  const filters = [weights(3, 3, 1, 32), weights(3, 3, 32, 64)];
  const biases = [zeros(32), zeros(64)];
  const [w1, b1, w2, b2] = [weights(3136, 128), zeros(128), weights(128, 10), zeros(10)] as const;
  return {
    variables: [...filters, ...biases, w1, b1, w2, b2],
    inputs: tf.randomNormal([BATCH_SIZES.cnn, 28, 28, 1], 0, 1, "float32", 1),
    targets: classes(BATCH_SIZES.cnn, 10),
    loss: (inputs, targets) => {
      let x = inputs as tf.Tensor4D;
      for (const [i, filter] of filters.entries()) {
        const convolved = tf.conv2d(x, filter as tf.Variable<tf.Rank.R4>, 1, "same");
        const activated = tf.relu(tf.add(convolved, biases[i] as tf.Variable)) as tf.Tensor4D;
        x = tf.maxPool(activated, 2, 2, "valid");
      }
      const flat = tf.reshape(x, [BATCH_SIZES.cnn, 3136]);
      const hidden = tf.relu(tf.add(tf.matMul(flat, w1), b1));
      return softmaxCrossEntropy(targets, tf.add(tf.matMul(hidden, w2), b2));
    },
    optimizer: () => tf.train.adam(1e-3),
  };
}

/** A decoder of 4 layers, width 128, 4 heads, 64 tokens out of 96, Adam. */
function transformer(): BenchModel {
  const [batch, time, width, heads, tokens] = [BATCH_SIZES.transformer, 64, 128, 4, 96];
  const size = width / heads;
  const embedding = weights(tokens, width);
  const positions = weights(time, width);
  const blocks = Array.from({ length: 4 }, () => ({
    ...{ gain1: ones(width), shift1: zeros(width), gain2: ones(width), shift2: zeros(width) },
    ...{ qkv: weights(width, 3 * width), qkvBias: zeros(3 * width) },
    ...{ out: weights(width, width), outBias: zeros(width) },
    ...{ up: weights(width, 4 * width), upBias: zeros(4 * width) },
    ...{ down: weights(4 * width, width), downBias: zeros(width) },
  }));
  const [gain, shift, head] = [ones(width), zeros(width), weights(width, tokens)] as const;
  const mask = tf.keep(
    tf.tidy(() => tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([time, time]), -1, 0)), -1e9)),
  );
  const dense = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
    tf.add(tf.matMul(x, kernel), bias);
  return {
    variables: [embedding, positions, ...blocks.flatMap(Object.values), gain, shift, head],
    inputs: tf.tensor2d(
      Array.from({ length: batch * time }, (_, i) => (i * 7 + (i >> 5)) % tokens),
      [batch, time],
      "int32",
    ),
    targets: classes(batch * time, tokens),
    loss: (inputs, targets) => {
      let x = tf.reshape(tf.add(tf.gather(embedding, inputs), positions), [batch * time, width]);
      for (const block of blocks) {
        const parts = tf.split(
          dense(layerNorm(x, block.gain1, block.shift1), block.qkv, block.qkvBias),
          3,
          1,
        );
        const [q, k, v] = parts.map((part) =>
          tf.transpose(tf.reshape(part, [batch, time, heads, size]), [0, 2, 1, 3]),
        ) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const scores = tf.matMul(q, k, false, true);
        const attention = attentionSoftmax(scores, { mask, scale: size ** -0.5 });
        const mixed = tf.transpose(tf.matMul(attention, v), [0, 2, 1, 3]);
        x = tf.add(x, dense(tf.reshape(mixed, [batch * time, width]), block.out, block.outBias));
        const wide = gelu(dense(layerNorm(x, block.gain2, block.shift2), block.up, block.upBias));
        x = tf.add(x, dense(wide, block.down, block.downBias));
      }
      return softmaxCrossEntropy(targets, tf.matMul(layerNorm(x, gain, shift), head));
    },
    optimizer: () => tf.train.adam(1e-3),
  };
}

/** 64 features over 28 steps into 128 units, SGD. */
function recurrent(): BenchModel {
  const [batch, time, features, units] = [BATCH_SIZES.lstm, 28, 64, 128];
  const kernel = weights(features, 4 * units);
  const recurrentKernel = weights(units, 4 * units);
  const bias = zeros(4 * units);
  const [head, headBias] = [weights(units, 10), zeros(10)] as const;
  return {
    variables: [kernel, recurrentKernel, bias, head, headBias],
    inputs: tf.randomNormal([batch, time, features], 0, 1, "float32", 1),
    targets: classes(batch, 10),
    loss: (inputs, targets) => {
      const { hidden } = lstm(inputs, { kernel, recurrentKernel, bias });
      return softmaxCrossEntropy(targets, tf.add(tf.matMul(hidden, head), headBias));
    },
    optimizer: () => tf.train.sgd(0.01),
  };
}

export const MODELS: Readonly<Record<ModelName, () => BenchModel>> = {
  ...{ mlp, cnn, transformer, lstm: recurrent },
};

export const MODEL_NAMES: readonly ModelName[] = ["mlp", "cnn", "transformer", "lstm"];
