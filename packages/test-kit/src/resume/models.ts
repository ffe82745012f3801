import {
  adamW,
  attentionSoftmax,
  dropout,
  gelu,
  layerNorm,
  lstm,
  softmaxCrossEntropy,
} from "@acc/core";
import * as tf from "@tensorflow/tfjs";

const CLASSES = 3;

/** A model whose training is interrupted. */
export type ResumedModel = {
  /** What is prepared. */
  readonly model: object;
  readonly variables: () => tf.Variable[];
  /** Shape of a sample. */
  readonly sample: number[];
  loss(x: tf.Tensor, y: tf.Tensor2D): tf.Tensor;
};

/** Initial weights come from `Math.random`: call `setSeed` before. */
const MODELS = {
  mlp() {
    const [w1, b1] = [random([6, 8]), random([8])];
    const [w2, b2] = [random([8, CLASSES]), random([CLASSES])];
    return fromVariables({ w1, b1, w2, b2 }, [6], (x) =>
      add(tf.matMul(tf.tanh(add(tf.matMul(x, w1), b1)), w2), b2),
    );
  },
  dropout() {
    const [w1, w2] = [random([6, 8]), random([8, CLASSES])];
    return fromVariables({ w1, w2 }, [6], (x) =>
      tf.matMul(dropout(tf.relu(tf.matMul(x, w1)), 0.3), w2),
    );
  },
  /** Dropout of tfjs draws from `Math.random`. */
  layers() {
    return fromLayers(
      [6],
      [
        tf.layers.dense({ inputShape: [6], units: 8, activation: "relu" }),
        tf.layers.dropout({ rate: 0.3 }),
        tf.layers.dense({ units: CLASSES }),
      ],
    );
  },
  conv() {
    return fromLayers(
      [6, 6, 2],
      [
        tf.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, activation: "relu" }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: CLASSES }),
      ],
    );
  },
  batchNorm() {
    return fromLayers(
      [6],
      [
        tf.layers.dense({ inputShape: [6], units: 8 }),
        tf.layers.batchNormalization({}),
        tf.layers.reLU(),
        tf.layers.dense({ units: CLASSES }),
      ],
    );
  },
  lstm() {
    const [kernel, recurrent] = [random([4, 12]), random([3, 12])];
    const [bias, head] = [random([12]), random([3, CLASSES])];
    return fromVariables({ kernel, recurrent, bias, head }, [5, 4], (x) => {
      const { outputs } = lstm(x, { kernel, recurrentKernel: recurrent, bias });
      return tf.matMul(tf.mean(outputs, 1), head);
    });
  },
  transformer() {
    const [T, D] = [4, 6];
    const [qkv, out, up, down, head] = [
      ...[random([D, 3 * D]), random([D, D]), random([D, 2 * D]), random([2 * D, D])],
      random([D, CLASSES]),
    ] as [tf.Variable, tf.Variable, tf.Variable, tf.Variable, tf.Variable];
    const [gain, shift] = [tf.variable(tf.ones([D])), tf.variable(tf.zeros([D]))];
    return fromVariables({ qkv, out, up, down, head, gain, shift }, [T, D], (x) => {
      const rows = tf.reshape(x, [-1, D]);
      const parts = tf.split(tf.matMul(layerNorm(rows, gain, shift), qkv as tf.Tensor2D), 3, 1);
      const [q, k, v] = parts.map((part) => tf.reshape(part, [-1, 1, T, D])) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const attention = attentionSoftmax(tf.matMul(q, k, false, true), { scale: D ** -0.5 });
      const mixed = tf.reshape(tf.matMul(dropout(attention, 0.1), v), [-1, D]);
      const middle = tf.add(rows, tf.matMul(mixed as tf.Tensor2D, out as tf.Tensor2D));
      const wide = gelu(
        tf.matMul(layerNorm(middle, gain, shift) as tf.Tensor2D, up as tf.Tensor2D),
      );
      const last = tf.add(middle, tf.matMul(wide as tf.Tensor2D, down as tf.Tensor2D));
      return tf.matMul(
        tf.mean(tf.reshape(last, [-1, T, D]), 1) as tf.Tensor2D,
        head as tf.Tensor2D,
      );
    });
  },
} satisfies Record<string, () => ResumedModel>;

export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];

export function makeModel(name: ModelName): ResumedModel {
  return MODELS[name]();
}

/** Settings of one optimizer each. */
const OPTIMIZERS = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  nesterov: () => tf.train.momentum(0.05, 0.9, true),
  adam: () => tf.train.adam(0.02),
  adamW: () => adamW(0.02, { weightDecay: 0.1 }),
  rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5),
  centered: () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-3, true),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.5, 0.9),
  adamax: () => tf.train.adamax(0.02, 0.9, 0.999, 1e-7, 0.01),
} satisfies Record<string, () => tf.Optimizer>;

export type OptimizerName = keyof typeof OPTIMIZERS;
export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as OptimizerName[];

export function makeOptimizer(name: OptimizerName): tf.Optimizer {
  return OPTIMIZERS[name]();
}

function random(shape: number[]): tf.Variable {
  return tf.variable(tf.tidy(() => tf.mul(tf.randomNormal(shape), 0.4)));
}

function add(a: tf.Tensor, b: tf.Tensor): tf.Tensor2D {
  return tf.add(a, b);
}

function fromVariables(
  variables: Record<string, tf.Variable | undefined>,
  sample: number[],
  logits: (x: tf.Tensor2D) => tf.Tensor,
): ResumedModel {
  return {
    ...{ model: variables, sample, variables: () => Object.values(variables) as tf.Variable[] },
    loss: (x, y) => softmaxCrossEntropy(y, logits(x as tf.Tensor2D) as tf.Tensor2D) as tf.Tensor,
  };
}

function fromLayers(sample: number[], layers: tf.layers.Layer[]): ResumedModel {
  const model = tf.sequential({ layers });
  return {
    ...{
      model,
      sample,
      variables: () => model.weights.map((weight) => weight.read() as tf.Variable),
    },
    loss: (x, y) =>
      softmaxCrossEntropy(y, model.apply(x, { training: true }) as tf.Tensor2D) as tf.Tensor,
  };
}
