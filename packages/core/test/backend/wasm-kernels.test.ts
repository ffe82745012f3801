import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";

const test = suite("training kernels of the wasm backend");
const TOLERANCE = 1e-4;

/** Runs `build` on both backends and compares all it returns. */
async function agree(build: () => tf.Tensor[], label: string, leaks = 0): Promise<void> {
  const results: tf.TypedArray[][] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    await selectBackend(backend);
    const before = tf.memory().numTensors;
    const tensors = tf.tidy(() => build());
    results.push(tensors.map((tensor) => tensor.dataSync()));
    tf.dispose(tensors);
    assert.is(tf.memory().numTensors, before + leaks, `${label} leaks on ${backend}`);
  }
  const [cpu = [], wasm = []] = results;
  for (const [index, expected] of cpu.entries()) {
    const actual = wasm[index] ?? [];
    assert.is(actual.length, expected.length, label);
    for (const [i, value] of expected.entries()) {
      const scale = Math.max(1, Math.abs(value));
      assert.ok(
        Math.abs((actual[i] ?? Number.NaN) - value) <= TOLERANCE * scale,
        `${label}: result ${index}, element ${i} is ${actual[i]}, not ${value}`,
      );
    }
  }
}

/** Values in -1..1 that do not depend on the backend. */
function noise(shape: number[], seed: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233)),
    shape,
  );
}

/** The gradients of `sum(f(inputs) * noise)` with respect to every input, and the value. */
function gradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  const weighted = (...args: tf.Tensor[]) => {
    const output = f(...args);
    return tf.sum(tf.mul(output, noise(output.shape, 9))) as tf.Scalar;
  };
  return tf.grads(weighted)(inputs);
}

test("multiplies matrices in every transposition, batched and broadcast, with gradients", async () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 2],
    [17, 33, 9],
  ] as const) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        for (const [batchA, batchB] of [
          [[], []],
          [[2], [2]],
          [[1], [3]],
          [
            [2, 3],
            [2, 3],
          ],
        ] as const) {
          const a = () => noise([...batchA, ...(transposeA ? [k, m] : [m, k])], 1);
          const b = () => noise([...batchB, ...(transposeB ? [n, k] : [k, n])], 2);
          const product = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB);
          const label = `${m}x${k}x${n} ${transposeA} ${transposeB} [${batchA}] [${batchB}]`;
          await agree(() => [product(a(), b())], label);
          if (batchA.length === batchB.length && batchA[0] === batchB[0]) {
            await agree(() => gradients(product, [a(), b()]), `gradients of ${label}`);
          }
        }
      }
    }
  }
});

test("multiplies with bias and activation fused, in every transposition", async () => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      for (const activation of ["linear", "relu", "sigmoid"] as const) {
        await agree(() => {
          const a = noise(transposeA ? [6, 4] : [4, 6], 1) as tf.Tensor2D;
          const b = noise(transposeB ? [5, 6] : [6, 5], 2) as tf.Tensor2D;
          return [
            tf.fused.matMul({ a, b, transposeA, transposeB, bias: noise([5], 3), activation }),
          ];
        }, `${transposeA} ${transposeB} ${activation}`);
      }
    }
  }
});

const PADS = [
  "valid",
  "same",
  1,
  [
    [0, 0],
    [2, 1],
    [1, 2],
    [0, 0],
  ],
] as const;
type Pad = "valid" | "same" | number | tf.backend_util.ExplicitPadding;

test("computes both gradients of a convolution over shapes, strides and paddings", async () => {
  const shapes: [number, number, number, number][] = [
    [1, 5, 5, 1],
    [2, 8, 7, 3],
    [3, 6, 9, 2],
  ];
  const filters: [number, number][] = [
    [1, 1],
    [2, 2],
    [3, 3],
    [3, 2],
  ];
  for (const shape of shapes) {
    for (const [height, width] of filters) {
      for (const strides of [1, 2, [2, 1], [1, 3]] as (number | [number, number])[]) {
        for (const pad of PADS as readonly Pad[]) {
          // tfjs computes the output size of a numeric padding from the height of the filter and the strides.
          if (
            typeof pad === "number" &&
            (Array.isArray(strides) || height !== width || height <= pad)
          )
            continue;
          const label = `[${shape}] filter ${height}x${width} strides ${strides} pad ${JSON.stringify(pad)}`;
          await agree(
            () =>
              gradients(
                (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
                [noise(shape, 1), noise([height, width, shape[3], 4], 2)],
              ),
            label,
          );
        }
      }
    }
  }
});

test("computes gradients for paddings wider than the filter", async () => {
  const pad: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [3, 3],
    [3, 3],
    [0, 0],
  ];
  await agree(
    () =>
      gradients(
        (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad),
        [noise([1, 4, 4, 2], 1), noise([2, 2, 2, 3], 2)],
      ),
    "pad 3",
  );
});

test("convolves with dilations", async () => {
  for (const dilation of [2, 3]) {
    await agree(
      () => [
        tf.conv2d(
          noise([2, 9, 9, 2], 1) as tf.Tensor4D,
          noise([3, 3, 2, 4], 2) as tf.Tensor4D,
          1,
          "same",
          "NHWC",
          dilation,
        ),
      ],
      `${dilation}`,
    );
  }
});

test("computes maximum and average pooling with gradients", async () => {
  for (const pool of [tf.maxPool, tf.avgPool]) {
    for (const size of [2, 3, [2, 3]] as (number | [number, number])[]) {
      for (const strides of [1, 2, [2, 1]] as (number | [number, number])[]) {
        for (const pad of ["valid", "same"] as const) {
          await agree(
            () =>
              gradients(
                (x) => pool(x as tf.Tensor4D, size, strides, pad),
                [noise([2, 7, 6, 3], 4)],
              ),
            `${pool.name} ${size} ${strides} ${pad}`,
          );
        }
      }
    }
  }
});

for (const name of [
  "sgd",
  "momentum",
  "rmsprop",
  "adagrad",
  "adadelta",
  "adamax",
  "adam",
] as const) {
  test(`trains a convolutional net with ${name} as the cpu backend does`, async () => {
    const leaks = name === "momentum" ? 1 : 0; // its momentum, a tensor that tfjs never disposes
    await agree(() => trainedWeights(OPTIMIZERS[name]()), name, leaks);
  });
}

const OPTIMIZERS = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.02, 0.9),
  rmsprop: () => tf.train.rmsprop(0.01),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.5),
  adamax: () => tf.train.adamax(0.01),
  adam: () => tf.train.adam(0.01),
};

function trainedWeights(optimizer: tf.Optimizer): tf.Tensor[] {
  const model = tf.sequential({
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
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  model.setWeights(model.getWeights().map((weight, i) => noise(weight.shape, i).mul(0.3)));
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const x = noise([6, 12, 12, 1], 20);
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
