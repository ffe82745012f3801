/** The models that are timed, in core operations, so that every contender runs the same ones. */
import * as tf from "@tensorflow/tfjs";

export type ModelName = "mlp" | "cnn" | "transformer";

export type BenchModel = {
  readonly batchSize: number;
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly inputs: (count: number) => tf.Tensor;
  readonly targets: (count: number) => tf.Tensor;
  readonly loss: (inputs: tf.Tensor, targets: tf.Tensor) => tf.Scalar;
  readonly optimizer: () => tf.Optimizer;
};

let seed = 0;

function weights(...shape: number[]): tf.Variable {
  const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  seed += 1;
  return tf.variable(tf.randomNormal(shape, 0, 1 / Math.sqrt(fanIn), "float32", seed));
}

const zeros = (...shape: number[]): tf.Variable => tf.variable(tf.zeros(shape));

function classes(count: number): tf.Tensor {
  return tf.oneHot(tf.range(0, count, 1, "int32").mod(tf.scalar(10, "int32")), 10).toFloat();
}

function crossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1)));
}

/** 784-512-256-10, SGD. */
function mlp(): BenchModel {
  const variables = {
    ...{ w1: weights(784, 512), b1: zeros(512), w2: weights(512, 256), b2: zeros(256) },
    ...{ w3: weights(256, 10), b3: zeros(10) },
  };
  const { w1, b1, w2, b2, w3, b3 } = variables;
  return {
    batchSize: 128,
    variables,
    inputs: (count) => tf.randomUniform([count, 784], 0, 1, "float32", 1),
    targets: classes,
    loss: (inputs, targets) => {
      const first = tf.relu(tf.add(tf.matMul(inputs, w1), b1));
      const second = tf.relu(tf.add(tf.matMul(first, w2), b2));
      return crossEntropy(tf.add(tf.matMul(second, w3), b3), targets);
    },
    optimizer: () => tf.train.sgd(0.05),
  };
}

/** Two convolutions of 32 and 64 channels on 28 x 28 pixels, Adam. */
function cnn(): BenchModel {
  const variables = {
    ...{ k1: weights(3, 3, 1, 32), b1: zeros(32), k2: weights(3, 3, 32, 64), b2: zeros(64) },
    ...{ w: weights(7 * 7 * 64, 10), b: zeros(10) },
  };
  const { k1, b1, k2, b2, w, b } = variables;
  return {
    batchSize: 64,
    variables,
    inputs: (count) => tf.randomUniform([count, 28, 28, 1], 0, 1, "float32", 1),
    targets: classes,
    loss: (inputs, targets) => {
      const block = (x: tf.Tensor, kernel: tf.Variable, bias: tf.Variable): tf.Tensor4D =>
        tf.maxPool(
          tf.relu(
            tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Variable<tf.Rank.R4>, 1, "same"), bias),
          ) as tf.Tensor4D,
          2,
          2,
          "same",
        );
      const features = block(block(inputs, k1, b1), k2, b2);
      const flat = tf.reshape(features, [-1, 7 * 7 * 64]);
      return crossEntropy(tf.add(tf.matMul(flat, w), b), targets);
    },
    optimizer: () => tf.train.adam(1e-3),
  };
}

/** A decoder of two layers, width 64, 4 heads, 32 characters of 64, Adam. */
function transformer(): BenchModel {
  const [width, heads, length, letters] = [64, 4, 32, 64];
  const layer = (): Record<string, tf.Variable> => ({
    ...{ query: weights(width, width), key: weights(width, width), value: weights(width, width) },
    ...{
      out: weights(width, width),
      up: weights(width, 4 * width),
      down: weights(4 * width, width),
    },
    ...{ gain1: tf.variable(tf.ones([width])), bias1: zeros(width) },
    ...{ gain2: tf.variable(tf.ones([width])), bias2: zeros(width) },
  });
  const layers = [layer(), layer()];
  const embed = weights(letters, width);
  const position = tf.variable(tf.randomNormal([length, width], 0, 0.02, "float32", 99));
  const mask = tf.keep(
    tf.linalg
      .bandPart(tf.ones([length, length]), -1, 0)
      .sub(1)
      .mul(1e9),
  );
  const norm = (x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x
      .sub(mean)
      .mul(tf.rsqrt(variance.add(1e-5)))
      .mul(gain)
      .add(bias);
  };
  const project = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
    tf.matMul(x.reshape([-1, kernel.shape[0] as number]), kernel as tf.Tensor2D);
  const split = (x: tf.Tensor): tf.Tensor =>
    x.reshape([-1, length, heads, width / heads]).transpose([0, 2, 1, 3]);
  const block = (x: tf.Tensor, l: Record<string, tf.Variable>): tf.Tensor => {
    const of = (name: string): tf.Variable => l[name] as tf.Variable;
    const normed = norm(x, of("gain1"), of("bias1"));
    const [query, key, value] = ["query", "key", "value"].map((name) =>
      split(project(normed, of(name))),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scores = tf.matMul(query, key, false, true).mul(1 / Math.sqrt(width / heads));
    const mixed = tf.matMul(tf.softmax(scores.add(mask)), value).transpose([0, 2, 1, 3]);
    const attended = x.add(project(mixed, of("out")).reshape(x.shape));
    const hidden = tf.relu(project(norm(attended, of("gain2"), of("bias2")), of("up")));
    return attended.add(project(hidden, of("down")).reshape(x.shape));
  };
  const variables = Object.fromEntries(
    [embed, position, ...layers.flatMap((l) => Object.values(l))].map((v, i) => [`v${i}`, v]),
  );
  const text = (count: number, shift: number): tf.Tensor =>
    tf
      .oneHot(
        tf
          .range(shift, count * length + shift, 1, "int32")
          .mul(tf.scalar(7, "int32"))
          .mod(tf.scalar(letters, "int32"))
          .reshape([count, length]) as tf.Tensor2D,
        letters,
      )
      .toFloat();
  return {
    batchSize: 16,
    variables,
    // Letters are one-hot: the wasm backend as shipped has no gradient of a lookup.
    inputs: (count) => text(count, 0),
    targets: (count) => text(count, 1),
    loss: (inputs, targets) => {
      const embedded = project(inputs, embed).reshape([-1, length, width]).add(position);
      const states = layers.reduce(block, embedded);
      const logits = tf.matMul(states.reshape([-1, width]), embed as tf.Tensor2D, false, true);
      return crossEntropy(logits.reshape(targets.shape), targets);
    },
    optimizer: () => tf.train.adam(1e-3),
  };
}

export const MODELS: Readonly<Record<ModelName, () => BenchModel>> = { mlp, cnn, transformer };
