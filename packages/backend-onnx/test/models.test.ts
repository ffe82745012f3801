import "./compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { agree, integers, noise } from "./compare-backends.ts";

const test = suite("training");

/** The outcome of a few steps of training. */
const TOLERANCE = 1e-4;

const OPTIMIZERS: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  nesterov: () => tf.train.momentum(0.1, 0.9, true),
  adam: () => tf.train.adam(0.01),
  rmsprop: () => tf.train.rmsprop(0.01),
  "centered rmsprop": () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-6, true),
  adamax: () => tf.train.adamax(0.01),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.1),
};

for (const [name, create] of Object.entries(OPTIMIZERS)) {
  test(`${name} takes the same steps as on cpu`, () =>
    agree(
      name,
      () => {
        const weights = tf.variable(noise([20, 10], 1, 0.3) as tf.Tensor2D);
        const bias = tf.variable(noise([10], 2, 0.1) as tf.Tensor1D);
        const x = noise([8, 20], 3) as tf.Tensor2D;
        const labels = tf.oneHot(integers([8], 0, 9) as tf.Tensor1D, 10);
        const optimizer = create();
        const losses = Array.from({ length: 5 }, () =>
          optimizer.minimize(
            () =>
              tf.losses.softmaxCrossEntropy(
                labels,
                tf.add(tf.matMul(x, weights), bias),
              ) as tf.Scalar,
            true,
          ),
        ) as tf.Scalar[];
        const result = [...losses, weights.clone(), bias.clone()];
        optimizer.dispose();
        return result;
      },
      { tolerance: TOLERANCE },
    ));
}

type Recipe = {
  readonly layers: () => tf.layers.Layer[];
  readonly x: () => tf.Tensor;
  readonly y?: () => tf.Tensor;
  readonly loss?: string;
  readonly optimizer?: string;
};

const classes = (count: number) => () =>
  tf.oneHot(integers([count], 0, 9) as tf.Tensor1D, 10).toFloat();
const { layers } = tf;
const head = () => layers.dense({ units: 10, activation: "softmax" });

const RECIPES: Record<string, Recipe> = {
  "a dense net": {
    layers: () => [
      layers.dense({ inputShape: [20], units: 16, activation: "relu" }),
      layers.dense({ units: 8, activation: "tanh" }),
      layers.dense({ units: 8, activation: "sigmoid" }),
      head(),
    ],
    x: () => noise([20, 20], 1),
    y: classes(20),
    optimizer: "adam",
  },
  "a convolutional net with batch normalization": {
    layers: () => [
      layers.conv2d({
        inputShape: [12, 12, 2],
        filters: 16,
        kernelSize: 3,
        padding: "same",
        activation: "relu",
      }),
      layers.batchNormalization(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: "same", useBias: false }),
      layers.batchNormalization(),
      layers.flatten(),
      head(),
    ],
    x: () => noise([16, 12, 12, 2], 1),
    y: classes(16),
  },
  "depthwise, separable and transposed convolutions": {
    layers: () => [
      layers.depthwiseConv2d({
        inputShape: [12, 12, 2],
        kernelSize: 3,
        padding: "same",
        depthMultiplier: 2,
        activation: "relu",
      }),
      layers.separableConv2d({ filters: 6, kernelSize: 3, padding: "same", activation: "relu6" }),
      layers.upSampling2d({ size: [2, 2] }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.conv2dTranspose({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: "same",
        activation: "elu",
      }),
      layers.leakyReLU({ alpha: 0.1 }),
      layers.prelu(),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 10 }),
    ],
    x: () => noise([8, 12, 12, 2], 1),
    loss: "meanSquaredError",
  },
  "a convolution over time": {
    layers: () => [
      layers.conv1d({
        inputShape: [16, 3],
        filters: 4,
        kernelSize: 3,
        padding: "same",
        activation: "relu",
      }),
      layers.maxPooling1d({ poolSize: 2 }),
      layers.globalMaxPooling1d({}),
      layers.dense({ units: 10 }),
    ],
    x: () => noise([8, 16, 3], 1),
    loss: "meanSquaredError",
  },
  "an embedding and two LSTMs": {
    layers: () => [
      layers.embedding({ inputDim: 12, outputDim: 6, inputLength: 5 }),
      layers.lstm({ units: 7, returnSequences: true }),
      layers.lstm({ units: 7 }),
      head(),
    ],
    x: () => integers([8, 5], 0, 11),
    optimizer: "adam",
  },
  "a GRU": {
    layers: () => [layers.gru({ inputShape: [5, 6], units: 7 }), head()],
    x: () => noise([8, 5, 6], 1),
    optimizer: "adam",
  },
  "a bidirectional net with a mask": {
    layers: () => [
      layers.embedding({ inputDim: 12, outputDim: 6, inputLength: 5, maskZero: true }),
      layers.bidirectional({
        layer: layers.simpleRNN({ units: 7 }) as tf.RNN,
        mergeMode: "concat",
      }),
      head(),
    ],
    x: () => integers([8, 5], 0, 11),
    y: () => integers([8, 1], 0, 9).toFloat(),
    loss: "sparseCategoricalCrossentropy",
    optimizer: "adam",
  },
  "layer normalization": {
    layers: () => [
      layers.dense({ inputShape: [20], units: 16 }),
      layers.layerNormalization(),
      head(),
    ],
    x: () => noise([8, 20], 1),
    optimizer: "adam",
  },
};

for (const [name, recipe] of Object.entries(RECIPES)) {
  test(`${name} fits, evaluates and predicts as on cpu`, () =>
    agree(name, () => train(recipe), {
      tolerance: 1e-3,
      backends: name.includes("convolution") ? ["onnx", "onnx-plain"] : ["onnx"],
    }));
}

async function train({
  layers: create,
  x,
  y = classes(8),
  loss = "categoricalCrossentropy",
  optimizer = "sgd",
}: Recipe): Promise<tf.Tensor[]> {
  const model = tf.sequential({ layers: create() });
  const weights = model.weights.map(({ name, shape }, i) =>
    /variance/.test(name) ? tf.ones(shape as number[]) : noise(shape as number[], i + 10, 0.3),
  );
  model.setWeights(weights);
  model.compile({ loss, optimizer, metrics: ["accuracy"] });
  const [inputs, labels] = [x(), y()];
  // 8 does not divide every number of samples: the last batch is smaller.
  const options = { epochs: 2, batchSize: 8, verbose: 0, shuffle: false } as const;
  const { history } = await model.fit(inputs, labels, options);
  const evaluation = model.evaluate(inputs, labels, { batchSize: 8 }) as tf.Scalar[];
  const prediction = model.predict(inputs) as tf.Tensor;
  const result = [
    tf.tensor1d(history.loss as number[]),
    ...evaluation,
    prediction,
    ...model.getWeights().map((weight) => weight.clone()),
  ];
  model.dispose();
  (model.optimizer as tf.Optimizer).dispose();
  return result;
}

test("a model is saved and loaded with its weights", async () => {
  await tf.setBackend("onnx");
  const model = tf.sequential({ layers: [layers.dense({ inputShape: [4], units: 3 })] });
  model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
  await model.fit(noise([8, 4], 1), noise([8, 3], 2), { epochs: 2, verbose: 0 });
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
  const x = noise([8, 4], 3);
  const [before, after] = [model, loaded].map((m) => (m.predict(x) as tf.Tensor).dataSync());
  assert.equal(after, before);
});

test("dropout drops the share that it says and scales the rest", async () => {
  await tf.setBackend("onnx");
  const dropped = tf.dropout(tf.ones([100, 100]), 0.25, undefined, 7);
  const kept = tf.sum(tf.greater(dropped, 0)).dataSync()[0] as number;
  assert.ok(Math.abs(kept - 7500) < 300, `${kept} of 10000 are kept`);
  assert.ok(Math.abs((tf.max(dropped).dataSync()[0] as number) - 4 / 3) < 1e-6);
});

for (const [name, gelu, mask] of [
  ["erf and where", geluByErf, "where"],
  ["tanh and add", geluByTanh, "add"],
] as const) {
  test(`a decoder transformer in core operations, ${name}`, () =>
    agree(name, () => transformerGradients(gelu, mask), { tolerance: 2e-5 }));
}

type Block = Record<
  "scale1" | "shift1" | "qkv" | "qkvBias" | "out" | "scale2" | "shift2" | "up" | "upBias" | "down",
  tf.Tensor
>;

function transformerGradients(
  gelu: (x: tf.Tensor) => tf.Tensor,
  mask: "where" | "add",
): tf.Tensor[] {
  const [batch, time, width, heads, words] = [2, 6, 8, 2, 12];
  let seed = 1;
  const variable = (...shape: number[]): tf.Tensor =>
    tf.variable(noise(shape, seed++, 0.4)) as tf.Tensor;
  const embedding = variable(words, width);
  const positions = variable(time, width);
  const blocks: Block[] = Array.from({ length: 2 }, () => ({
    scale1: variable(width),
    shift1: variable(width),
    qkv: variable(width, 3 * width),
    qkvBias: variable(3 * width),
    out: variable(width, width),
    scale2: variable(width),
    shift2: variable(width),
    up: variable(width, 4 * width),
    upBias: variable(4 * width),
    down: variable(4 * width, width),
  }));
  const tokens = integers([batch, time], 0, words - 1);
  const targets = tf.oneHot(tf.reshape(integers([batch, time], 0, words - 1, 1), [-1]), words);

  const { value, grads } = tf.variableGrads(() => {
    let x = tf.add(tf.gather(embedding, tokens as tf.Tensor2D), positions);
    for (const block of blocks) {
      const normal = normalized(x, block.scale1, block.shift1);
      const projected = tf.add(linear(normal, block.qkv), block.qkvBias);
      const [q, k, v] = tf.split(projected, 3, -1).map(toHeads) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads));
      const attended = tf.matMul(tf.softmax(masked(scores)), v);
      const joined = tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, time, width]);
      x = tf.add(x, linear(joined, block.out));
      const wide = tf.add(
        linear(normalized(x, block.scale2, block.shift2), block.up),
        block.upBias,
      );
      x = tf.add(x, linear(gelu(wide), block.down));
    }
    const logits = tf.matMul(tf.reshape(x, [-1, width]), embedding as tf.Tensor2D, false, true);
    return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar;
  });
  return [value, ...Object.values(grads)];

  function toHeads(x: tf.Tensor): tf.Tensor {
    return tf.transpose(tf.reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
  }

  function masked(scores: tf.Tensor): tf.Tensor {
    const past = tf.linalg.bandPart(tf.ones([time, time]), -1, 0);
    return mask === "where"
      ? tf.where(tf.cast(past, "bool"), scores, tf.fill(scores.shape, -1e9))
      : tf.add(scores, tf.mul(tf.sub(1, past), -1e9));
  }
}

function linear(x: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const shape = [...x.shape.slice(0, -1), weights.shape[1] as number];
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, x.shape.at(-1) as number]), weights), shape);
}

function normalized(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), shift);
}

function geluByErf(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

function geluByTanh(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(0.7978845608, tf.add(x, tf.mul(0.044715, tf.pow(x, 3))));
  return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(inner)));
}

test.run();
