import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, equals, integers, noise } from "../compare-backends.ts";

const test = suite("kernels that multiply matrices and normalize");

test("matrix products in every transposition, batched and broadcast", async () => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      for (const [batchA, batchB] of [
        [[], []],
        [[2], [2]],
        [[1], [3]],
        [[3], [1]],
        [
          [2, 3],
          [2, 3],
        ],
        [[2, 3], [3]],
      ] as const) {
        const a = () => noise([...batchA, ...(transposeA ? [4, 3] : [3, 4])], 1);
        const b = () => noise([...batchB, ...(transposeB ? [5, 4] : [4, 5])], 2);
        await agree(`${transposeA} ${transposeB} [${batchA}] [${batchB}]`, () => [
          tf.matMul(a(), b(), transposeA, transposeB),
        ]);
      }
    }
  }
  await agree("int32", () => [tf.matMul(integers([3, 4], -3, 3), integers([4, 2], -3, 3))]);
});

test("both factors broadcast, which the cpu kernel gets wrong", async () => {
  const a = noise([2, 1, 3, 4], 1);
  const b = noise([1, 5, 4, 2], 2);
  const [left, right] = [a.dataSync(), b.dataSync()];
  const expected: number[] = [];
  for (let i = 0; i < 2 * 5 * 3 * 2; i++) {
    const [n, m, row, column] = [
      Math.floor(i / 30),
      Math.floor(i / 6) % 5,
      Math.floor(i / 2) % 3,
      i % 2,
    ];
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      sum += (left[n * 12 + row * 4 + k] as number) * (right[m * 8 + k * 2 + column] as number);
    }
    expected.push(sum);
  }
  tf.dispose([a, b]);
  await equals("product", () => [tf.matMul(noise([2, 1, 3, 4], 1), noise([1, 5, 4, 2], 2))], [
    expected,
  ]);
});

test("products with bias and activation fused", async () => {
  for (const activation of [
    "linear",
    "relu",
    "relu6",
    "sigmoid",
    "elu",
    "leakyrelu",
    "prelu",
  ] as const) {
    for (const bias of [undefined, [5], [1], [3, 5]]) {
      await agree(`${activation} bias [${bias}]`, () => [
        tf.fused.matMul({
          a: noise([3, 4], 1),
          b: noise([4, 5], 2),
          ...(bias ? { bias: noise(bias, 3) } : {}),
          activation,
          ...(activation === "prelu" ? { preluActivationWeights: noise([5], 4) } : {}),
        }),
        tf.fused.matMul({
          a: noise([2, 4, 3], 1),
          b: noise([2, 5, 4], 2),
          transposeA: true,
          transposeB: true,
          ...(bias?.length === 1 ? { bias: noise(bias, 3) } : {}),
          activation,
          ...(activation === "prelu" ? { preluActivationWeights: noise([5], 4) } : {}),
        }),
      ]);
    }
  }
});

test("einsum, softmax, normalization", async () => {
  await agree("einsum", () => [
    tf.einsum("ij,kj->ik", noise([3, 4], 1), noise([5, 4], 2)),
    tf.einsum("bij, bjk -> bik", noise([2, 3, 4], 1), noise([2, 4, 5], 2)),
    tf.einsum("ij->ji", noise([3, 4], 1)),
    tf.einsum("ij->", noise([3, 4], 1)),
  ]);
  await agree("softmax", () => [
    tf.softmax(noise([3, 4], 1, 5)),
    tf.softmax(noise([2, 3, 4], 1, 50)),
    tf.logSoftmax(noise([3, 4], 1, 5)),
  ]);
  await agree("batch normalization", () => {
    const x = noise([2, 3, 3, 4], 1);
    const [mean, offset, scale] = [noise([4], 2), noise([4], 4), noise([4], 5)] as tf.Tensor1D[];
    const variance = tf.abs(noise([4], 3)) as tf.Tensor1D;
    return [
      tf.batchNorm(x, mean as tf.Tensor1D, variance, offset, scale),
      tf.batchNorm(x, mean as tf.Tensor1D, variance),
      tf.batchNorm(x, mean as tf.Tensor1D, variance, undefined, scale, 0.1),
      tf.batchNorm(x, mean as tf.Tensor1D, variance, offset),
      tf.localResponseNormalization(noise([2, 3, 3, 7], 1) as tf.Tensor4D, 2, 1.5, 0.7, 0.6),
    ];
  });
});

test.run();
