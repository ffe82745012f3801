import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noise } from "./noise.ts";
import { BACKENDS, useBackend } from "./use-backend.ts";

const test = suite(
  "tensors without elements: wasm and onnx give what cpu gives, or throw as it does",
);

type Case = {
  readonly name: string;
  readonly shapes: readonly number[][];
  readonly fn: (...inputs: tf.Tensor[]) => tf.Tensor;
};

/** All ways to make at least one dimension 0. */
function emptied(shape: readonly number[]): number[][] {
  return Array.from({ length: 2 ** shape.length - 1 }, (_, i) =>
    shape.map((length, axis) => ((i + 1) & (1 << axis) ? 0 : length)),
  );
}

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
const op = (fn: unknown, ...more: unknown[]): Op => {
  const call = fn as (...inputs: unknown[]) => tf.Tensor;
  return (...inputs) => call(...inputs, ...more);
};

const OF_ONE: Readonly<Record<string, Op>> = {
  abs: op(tf.abs),
  exp: op(tf.exp),
  relu: op(tf.relu),
  relu6: op(tf.relu6),
  sigmoid: op(tf.sigmoid),
  elu: op(tf.elu),
  softplus: op(tf.softplus),
  clip: op(tf.clipByValue, -1, 1),
  "leaky relu": op(tf.leakyRelu, 0.1),
  log1p: op(tf.log1p),
  sum: op(tf.sum),
  "sum of axis 0": op(tf.sum, 0),
  "sum of axis 1, kept": op(tf.sum, 1, true),
  mean: op(tf.mean),
  "mean of axis 1": op(tf.mean, 1),
  max: op(tf.max, 1),
  min: op(tf.min, 0),
  prod: op(tf.prod, 1),
  argMax: op(tf.argMax, 1),
  softmax: op(tf.softmax),
  logSoftmax: op(tf.logSoftmax),
  logSumExp: op(tf.logSumExp, 1),
  variance: (x) => tf.moments(x, 0).variance,
  norm: op(tf.norm),
  cumsum: op(tf.cumsum, 1),
  cumprod: op(tf.cumprod, 0),
  transpose: op(tf.transpose),
  reverse: op(tf.reverse, 0),
  tile: op(tf.tile, [2, 3]),
  pad: op(tf.pad, [
    [1, 0],
    [2, 1],
  ]),
  slice: op(tf.slice, [0, 0], [-1, -1]),
  concat: (x) => tf.concat([x, x], 1),
  stack: (x) => tf.stack([x, x], 1),
  reshape: (x) => tf.reshape(x, [...x.shape].reverse()),
  flatten: (x) => tf.reshape(x, [x.size]),
  expandDims: op(tf.expandDims, 1),
  cast: (x) => tf.cast(tf.cast(x, "int32"), "float32"),
  where: (x) => tf.where(tf.greater(x, 0), x, tf.mul(x, 2)),
  "one hot": (x) => tf.oneHot(tf.cast(x, "int32"), 3),
  "times a number": op(tf.mul, 3),
  "a row that is added": (x) => tf.add(x, noise([1, x.shape[1] as number], 3)),
  "a row of others that is added": (x) => tf.add(noise([1, x.shape[1] as number], 3), x),
  prelu: (x) => tf.prelu(x, noise([x.shape[1] as number], 3)),
};

const cases: Case[] = [];
for (const [name, fn] of Object.entries(OF_ONE)) {
  for (const shape of emptied([2, 3])) cases.push({ name, shapes: [shape], fn });
}
for (const [m, k, n] of emptied([2, 3, 4]) as [number, number, number][]) {
  for (const [a, b] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    const shapes = [a ? [k, m] : [m, k], b ? [n, k] : [k, n]];
    cases.push({ name: `product ${a} ${b}`, shapes, fn: op(tf.matMul, a, b) });
    const batched = shapes.map((shape) => [2, ...shape]);
    cases.push({ name: `products ${a} ${b}`, shapes: batched, fn: op(tf.matMul, a, b) });
  }
  cases.push({
    name: "product, bias and relu",
    shapes: [[m, k], [k, n], [n]],
    fn: (a, b, bias) =>
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        bias: bias as tf.Tensor,
        activation: "relu",
      }),
  });
}
cases.push({
  name: "no products",
  shapes: [
    [0, 2, 3],
    [0, 3, 4],
  ],
  fn: op(tf.matMul),
});
for (const fn of [tf.add, tf.sub, tf.mul, tf.div, tf.maximum, tf.pow, tf.squaredDifference]) {
  cases.push({ name: fn.name, shapes: [[0, 3], [3]], fn: op(fn) });
  cases.push({
    name: fn.name,
    shapes: [
      [2, 1],
      [2, 0],
    ],
    fn: op(fn),
  });
}
for (const [batch, channels] of [
  [0, 2],
  [2, 0],
  [0, 0],
] as const) {
  const image = [batch, 5, 5, channels];
  const filter = [3, 3, channels, 2];
  cases.push({ name: "conv2d", shapes: [image, filter], fn: op(tf.conv2d, 1, "same") });
  cases.push({ name: "depthwise", shapes: [image, filter], fn: op(tf.depthwiseConv2d, 1, "same") });
  cases.push({ name: "maxPool", shapes: [image], fn: op(tf.maxPool, 2, 2, "same") });
  cases.push({ name: "avgPool", shapes: [image], fn: op(tf.avgPool, 2, 2, "same") });
  cases.push({ name: "resizeBilinear", shapes: [image], fn: op(tf.image.resizeBilinear, [4, 4]) });
  const numbers = () => [0, 1, 2, 3].map((i) => tf.abs(noise([channels], i)));
  cases.push({
    name: "batchNorm",
    shapes: [image],
    fn: (x) => tf.batchNorm(x, ...(numbers() as [tf.Tensor1D, tf.Tensor1D])),
  });
}
cases.push({
  name: "conv2d, no output channels",
  shapes: [
    [1, 5, 5, 2],
    [3, 3, 2, 0],
  ],
  fn: op(tf.conv2d, 1, "same"),
});
// Windows larger than the image: the result has no elements, the inputs have.
for (const dilation of [2, [1, 3]]) {
  for (const fn of [tf.conv2d, tf.depthwiseConv2d]) {
    const shapes = [
      [1, 4, 4, 2],
      [3, 2, 2, 1],
    ];
    cases.push({
      name: `${fn.name} ${dilation}`,
      shapes,
      fn: op(fn, 1, "valid", "NHWC", dilation),
    });
  }
}
cases.push({
  name: "a wide window",
  shapes: [
    [1, 3, 3, 2],
    [4, 1, 2, 3],
  ],
  fn: op(tf.conv2d, 1, "valid"),
});
cases.push({ name: "a wide pool", shapes: [[1, 3, 3, 2]], fn: op(tf.maxPool, 4, 1, "valid") });
cases.push({ name: "a wide average", shapes: [[1, 3, 3, 2]], fn: op(tf.avgPool, 4, 1, "valid") });
cases.push({ name: "gather", shapes: [[3, 2]], fn: (x) => tf.gather(x, tf.tensor1d([], "int32")) });
cases.push({ name: "gather of nothing", shapes: [[3, 0]], fn: (x) => tf.gather(x, [0, 2, 1]) });
cases.push({ name: "slice to nothing", shapes: [[3, 2]], fn: op(tf.slice, [1, 0], [0, 2]) });
cases.push({
  name: "concat with nothing",
  shapes: [
    [0, 2],
    [3, 2],
  ],
  fn: (a, b) => tf.concat([a, b]),
});
cases.push({
  name: "stacked rows",
  shapes: [
    [3, 2],
    [0, 2],
    [1, 2],
  ],
  fn: (...xs) => tf.concat(xs),
});
cases.push({
  name: "segments",
  shapes: [[0, 2]],
  fn: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([], "int32"), 3),
});
cases.push({
  name: "meanSquaredError",
  shapes: [
    [0, 2],
    [0, 2],
  ],
  fn: op(tf.losses.meanSquaredError),
});
cases.push({
  name: "softmaxCrossEntropy",
  shapes: [[0, 3]],
  fn: (x) => tf.losses.softmaxCrossEntropy(tf.zerosLike(x), x),
});

type Found = { readonly shape: number[]; readonly values: number[] }[] | "throws";

/** The value and its gradients; a value that has none, only the value. */
function compute({ shapes, fn }: Case): Found {
  return tf.tidy(() => {
    tf.fill([64], 7000).dispose(); // memory that is handed out next is not full of zeros
    const inputs = shapes.map((shape, i) => noise(shape, i + 1));
    const read = (tensors: tf.Tensor[]) =>
      tensors.map((x) => ({ shape: x.shape, values: Array.from(x.dataSync()) }));
    try {
      const value = read([fn(...inputs)]);
      const loss = (...xs: tf.Tensor[]) => {
        const y = fn(...xs);
        return tf.sum(tf.mul(y, noise(y.shape, 9))) as tf.Scalar;
      };
      return [
        ...value,
        ...(fn === OF_ONE.argMax || fn === OF_ONE["one hot"] ? [] : read(tf.grads(loss)(inputs))),
      ];
    } catch {
      return "throws";
    }
  });
}

const near = (a: number, b: number) =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));

for (const backend of BACKENDS) {
  if (backend === "cpu") continue;
  test(`${cases.length} calls on ${backend}`, async () => {
    const failures: string[] = [];
    for (const one of cases) {
      await useBackend("cpu");
      const expected = compute(one);
      await useBackend(backend);
      const found = compute(one);
      const same =
        expected === "throws" || found === "throws"
          ? expected === found
          : found.every(
              ({ shape, values }, i) =>
                String(shape) === String(expected[i]?.shape) &&
                values.every((value, j) => near(value, expected[i]?.values[j] as number)),
            );
      if (!same)
        failures.push(
          `${one.name} [${one.shapes.join("] [")}]: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`,
        );
    }
    assert.equal(failures, []);
  });
}

test.run();
