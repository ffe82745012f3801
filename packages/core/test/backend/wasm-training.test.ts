import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, noise } from "./compare-backends.ts";

const test = suite("training on the wasm backend");

const OPTIMIZERS = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.02, 0.9),
  rmsprop: () => tf.train.rmsprop(0.01),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.5),
  adamax: () => tf.train.adamax(0.01),
  adam: () => tf.train.adam(0.01),
};

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  test(`a convolutional net with ${name} learns the same as on cpu`, async () => {
    const leaks = name === "momentum" ? 1 : 0; // its momentum, a tensor that tfjs never disposes
    await agree(() => trainedWeights(convolutional(), imageLike(), optimizer()), name, leaks);
  });
}

const MODELS: Record<string, { build: () => tf.LayersModel; input: () => tf.Tensor }> = {
  "a depthwise convolutional net with batch normalisation": { build: depthwise, input: imageLike },
  "an LSTM": { build: () => recurrent(tf.layers.lstm({ units: 5 })), input: sequence },
  "a GRU": { build: () => recurrent(tf.layers.gru({ units: 5 })), input: sequence },
  "an embedding": { build: embedding, input: tokens },
};
for (const [name, { build, input }] of Object.entries(MODELS)) {
  test(`${name} learns the same as on cpu`, async () => {
    await agree(() => trainedWeights(build(), input(), tf.train.sgd(0.05)), name);
  });
}

test("a transformer block has the same gradients as on cpu", async () => {
  const shapes = [
    [7, 8],
    [8, 24],
    [8, 8],
    [8, 16],
    [16, 8],
    [8, 7],
  ];
  await agree(
    () => tf.grads((...weights) => transformerLoss(weights as tf.Tensor2D[]))(shapes.map(noise)),
    "transformer",
  );
});

function imageLike(): tf.Tensor {
  return noise([6, 12, 12, 1], 20);
}

function sequence(): tf.Tensor {
  return noise([6, 7, 3], 21);
}

function tokens(): tf.Tensor {
  return tf.tensor2d(
    Array.from({ length: 24 }, (_, i) => (i * 5) % 9),
    [6, 4],
    "int32",
  );
}

function convolutional(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [12, 12, 1], filters: 4, kernelSize: 3, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({
        filters: 6,
        kernelSize: 3,
        strides: 2,
        padding: "same",
        activation: "tanh",
      }),
      tf.layers.averagePooling2d({ poolSize: 2, strides: 1 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 8, activation: "sigmoid" }),
      tf.layers.dense({ units: 3 }),
    ],
  });
}

function depthwise(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [12, 12, 1], filters: 3, kernelSize: 3, useBias: false }),
      tf.layers.batchNormalization(),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, padding: "same", depthMultiplier: 2 }),
      tf.layers.separableConv2d({ filters: 4, kernelSize: 3, strides: 2 }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 3 }),
    ],
  });
}

function recurrent(layer: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [7, 3] });
  const output = tf.layers.dense({ units: 3 }).apply(layer.apply(input)) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output });
}

function embedding(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 4 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
    ],
  });
}

/** Next-token loss of one causal self-attention block with layer normalisation and GELU. */
function transformerLoss(weights: tf.Tensor2D[]): tf.Scalar {
  const [embed, qkv, project, up, down, head] = weights as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const [batch, length, width] = [2, 5, 8];
  const ids = tf.tensor1d([1, 3, 5, 0, 2, 6, 4, 1, 1, 0], "int32");
  const rows = (x: tf.Tensor) => x.reshape([batch * length, -1]) as tf.Tensor2D;
  const normalise = (x: tf.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  let x: tf.Tensor = tf.gather(embed, ids).reshape([batch, length, width]);
  const projected = tf.matMul(rows(normalise(x)), qkv).reshape([batch, length, 3 * width]);
  const [q, k, v] = tf.split(projected, 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const mask = tf.linalg
    .bandPart(tf.ones([length, length]), -1, 0)
    .sub(1)
    .mul(1e9);
  const scores = tf.matMul(q, k, false, true).div(Math.sqrt(width)).add(mask);
  x = x.add(tf.matMul(rows(tf.matMul(tf.softmax(scores), v)), project).reshape(x.shape));
  const hidden = tf.matMul(rows(normalise(x)), up);
  const gelu = tf.mul(
    hidden,
    tf.mul(0.5, tf.add(1, tf.erf(tf.div(hidden, Math.SQRT2)))),
  ) as tf.Tensor2D;
  const logits = tf.matMul(tf.add(rows(x), tf.matMul(gelu, down)) as tf.Tensor2D, head);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(ids, 7), logits) as tf.Scalar;
}

/** The weights after five steps from the same start. */
function trainedWeights(model: tf.LayersModel, x: tf.Tensor, optimizer: tf.Optimizer): tf.Tensor[] {
  model.setWeights(model.getWeights().map((weight, i) => noise(weight.shape, i).mul(0.3).abs()));
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], "int32"), 3);
  for (let step = 0; step < 5; step++) {
    optimizer.minimize(
      () =>
        tf.losses.softmaxCrossEntropy(
          y,
          model.apply(x, { training: true }) as tf.Tensor2D,
        ) as tf.Scalar,
      false,
      variables,
    );
  }
  const weights = model.getWeights().map((weight) => weight.clone());
  model.dispose();
  optimizer.dispose();
  return weights;
}

test.run();
