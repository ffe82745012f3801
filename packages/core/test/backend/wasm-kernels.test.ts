import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";
import { agree, gradients, noise } from "./compare-backends.ts";

const test = suite("training kernels of the wasm backend");

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

test("the sign of the smallest numbers is theirs", () =>
  agree(() => [tf.sign([1e-7, -1e-8, 1e-30, -1e-38, 0, Number.NaN, 2])], "sign"));

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

test("computes both gradients of a depthwise convolution", async () => {
  for (const shape of [
    [1, 5, 5, 1],
    [2, 7, 6, 3],
  ] as [number, number, number, number][]) {
    for (const [height, width] of [
      [1, 1],
      [3, 3],
      [2, 3],
    ] as const) {
      for (const multiplier of [1, 2]) {
        for (const strides of [1, 2, [2, 2]] as (number | [number, number])[]) {
          for (const pad of ["valid", "same"] as const) {
            await agree(
              () =>
                gradients(
                  (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
                  [noise(shape, 1), noise([height, width, shape[3], multiplier], 2)],
                ),
              `[${shape}] ${height}x${width} x${multiplier} strides ${strides} ${pad}`,
            );
          }
        }
      }
    }
  }
});

test("sums rows by segment, and so gives the gradient of gather", async () => {
  const ids = () => tf.tensor1d([2, 0, 2, -1, 1], "int32");
  await agree(() => [tf.unsortedSegmentSum(noise([5, 3], 1), ids(), 4)], "two axes");
  await agree(() => [tf.unsortedSegmentSum(noise([5], 1), ids(), 3)], "one axis");
  await agree(() => [tf.unsortedSegmentSum(noise([5, 2, 2], 1), ids(), 3)], "three axes");
  await agree(
    () => [tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3, 4, 5], "int32"), ids(), 3)],
    "int32",
  );
  for (const axis of [0, 1, 2]) {
    const indices = () =>
      tf.tensor2d(
        [
          [0, 1],
          [1, 0],
        ],
        [2, 2],
        "int32",
      );
    await agree(
      () => gradients((x) => tf.gather(x, indices(), axis), [noise([3, 4, 2], 3)]),
      `axis ${axis}`,
    );
  }
});

test("clones share their data until the last of them is disposed", async () => {
  await selectBackend("wasm");
  const before = tf.memory();
  const x = tf.tensor1d([1, 2, 3]);
  const clone = x.clone();
  assert.is(tf.memory().numDataBuffers, before.numDataBuffers + 1);
  x.dispose();
  assert.equal([...tf.square(clone).dataSync()], [1, 4, 9]);
  const [clones, words] = [clone.clone(), tf.tensor1d(["a", "b"]).clone()];
  tf.dispose([clone, clones]);
  assert.equal(words.dataSync() as unknown, ["a", "b"]);
  const again = tf.tensor1d([4, 5, 6]); // takes the memory that is free now
  assert.equal([...tf.clone(again).dataSync()], [4, 5, 6]);
  const variable = tf.variable(again);
  variable.assign(tf.add(variable, 1));
  assert.equal(
    [...again.dataSync()],
    [4, 5, 6],
    "a variable that moved on leaves its initial value",
  );
});

test("the remainder of a quotient that float32 does not hold", async () => {
  await selectBackend("wasm");
  assert.equal([...tf.mod([-1, 7], [1e9, 3]).dataSync()], [1e9, 1]);
});

test("what the cpu backend computes for another one gives no advice to install another backend", async () => {
  await selectBackend("wasm");
  const cpu = tf.findBackend("cpu") as { firstUse?: boolean };
  const { warn } = console;
  const warnings: unknown[] = [];
  try {
    console.warn = (...texts) => warnings.push(...texts);
    cpu.firstUse = true;
    assert.equal(tf.string.stringToHashBucketFast(["a", "b"], 4).shape, [2]);
  } finally {
    console.warn = warn;
  }
  assert.equal(warnings, []);
});

test.run();
