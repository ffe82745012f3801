import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OnnxBackend } from "../../src/index.ts";
import { agree, equals, integers, noise, withGradients } from "../compare-backends.ts";

const test = suite("kernels that reduce, move and select");

test("reductions over every axis, kept and dropped", async () => {
  const shape = [2, 3, 4];
  for (const axis of [undefined, 0, 1, 2, -1, [0, 2], [0, 1, 2], [-1, -3], []]) {
    for (const keepDims of [false, true]) {
      await agree(`axis ${axis} keepDims ${keepDims}`, () => {
        const x = noise(shape, 1);
        return [
          ...[tf.sum, tf.mean, tf.max, tf.min, tf.prod].map((fn) => fn(x, axis, keepDims)),
          tf.all(tf.greater(x, 0), axis, keepDims),
          tf.any(tf.greater(x, 0.9), axis, keepDims),
          tf.logSumExp(x, axis, keepDims),
        ];
      });
    }
  }
});

test("reductions of int32, bool and single numbers", async () => {
  await agree("int32", () => {
    const x = integers([3, 4], -5, 9);
    return [tf.sum(x, 1), tf.mean(x, 0), tf.max(x, 1), tf.min(x, 0), tf.prod(x, 1), tf.sum(x)];
  });
  await agree("bool", () => {
    const x = tf.tensor2d([1, 0, 1, 1, 0, 0], [2, 3], "bool");
    return [tf.sum(x, 1), tf.mean(x, 0), tf.prod(x, 1), tf.all(x, 0), tf.any(x)];
  });
  await agree("a scalar", () => [tf.sum(3), tf.max(2), tf.mean(4), tf.sum(noise([1, 1], 2), 1)]);
});

test("NaN is the largest and the smallest, but at no place", () =>
  agree("NaN", () => {
    const x = tf.tensor2d([1, NaN, 7, 3, -2, Infinity, -Infinity, 0], [2, 4]);
    return [tf.max(x, 1), tf.min(x, 1), tf.max(x), tf.argMax(x, 1), tf.argMin(x, 1)];
  }));

test("places of the largest and the smallest, the first of equal ones", async () => {
  for (const axis of [0, 1, -1]) {
    await agree(`axis ${axis}`, () => [
      tf.argMax(noise([3, 4, 2], 1), axis),
      tf.argMin(noise([3, 4, 2], 1), axis),
      tf.argMax(integers([4, 4, 2], 0, 2), axis),
      tf.argMin(integers([4, 4, 2], 0, 2), axis),
    ]);
  }
  await agree("topk", () => {
    const { values, indices } = tf.topk(noise([3, 7], 2), 3);
    const ties = tf.topk(integers([2, 6], 0, 2), 4);
    return [values, indices, ties.values, ties.indices];
  });
});

test("ranges up and down, with and without a step", () =>
  agree("range", () => [
    tf.range(4, -2),
    tf.range(3, -4, -2),
    tf.range(0, 5, 1, "int32"),
    tf.range(2, 2),
    tf.range(0, 5, -1),
  ]));

test("shapes that do not fit are refused when the operation is called", async () => {
  await tf.setBackend("onnx");
  const [vector, matrix] = [tf.ones([2]), tf.ones([2, 3])];
  assert.throws(() => tf.expandDims(vector, -3), /interval/);
  assert.throws(() => tf.stack([vector, tf.ones([3])]), /must match/);
  assert.throws(() => tf.gatherND(matrix, tf.scalar(1, "int32")), /rank 1 or higher/);
  assert.throws(() => tf.gatherND(matrix, tf.zeros([1, 3], "int32")), /tensor rank/);
});

/** exclusive, reverse */
const ACCUMULATIONS = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

test("cumulative sums", async () => {
  for (const axis of [0, 1, 2]) {
    for (const flags of ACCUMULATIONS) {
      await agree(`axis ${axis} ${flags}`, () => [
        tf.cumsum(noise([2, 3, 4], 1), axis, ...flags),
        tf.cumsum(integers([2, 3, 4], -3, 3), axis, ...flags),
      ]);
    }
  }
});

test("cumulative products", async () => {
  const tiny = 1e-30;
  const huge = 1e30;
  for (const flags of ACCUMULATIONS) {
    for (const shape of [[1], [7], [2, 1], [2, 3, 4], [3, 1, 5, 2]]) {
      for (let axis = 0; axis < shape.length; axis++) {
        await agree(`${shape} axis ${axis} ${flags}`, () => [
          tf.cumprod(noise(shape, 1, 2), axis, ...flags),
          tf.cumprod(integers(shape, -2, 3), axis, ...flags), // some of them 0
          tf.cumprod(tf.greater(noise(shape, 2), -0.5), axis, ...flags),
        ]);
      }
    }
    await agree(`beyond the range of floats ${flags}`, () => [
      tf.cumprod([tiny, tiny, huge, huge, -1], 0, ...flags),
      tf.cumprod([huge, -huge, tiny, 0, 3], 0, ...flags),
      tf.cumprod(tf.concat([[0], tf.fill([100], -50), [0, 2]]) as tf.Tensor1D, 0, ...flags),
      tf.cumprod([1, Number.NaN, 0, 2], 0, ...flags),
      tf.cumprod([2, Number.POSITIVE_INFINITY, -1, 0], 0, ...flags),
    ]);
  }
  // The cpu kernel has no negative axes.
  await equals("last axis", () => [tf.cumprod(integers([2, 3], 1, 6), -1)], [
    [1, 2, 6, 4, 20, 120],
  ]);
  await agree("long, and one after the other", () => [
    tf.cumprod(noise([3, 500], 1, 2), 1),
    tf.cumprod(tf.cumprod(noise([3, 4], 1, 2), 0), 1),
  ]);
  const { fallbacks } = (tf.findBackend("onnx") as OnnxBackend).statistics;
  assert.is(fallbacks.get("Cumprod"), undefined);
});

test("transposes", async () => {
  for (const perm of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [0, 2, 1, 3],
    [1, 0, 3, 2],
  ]) {
    await agree(`${perm}`, () => [
      tf.transpose(noise([2, 3, 4, 5], 1), perm),
      tf.transpose(integers([2, 3, 4, 5], 0, 9), perm),
      tf.transpose(tf.greater(noise([2, 3, 4, 5], 1), 0), perm),
    ]);
  }
});

test("concatenates, stacks, splits and unstacks along every axis", async () => {
  for (const axis of [0, 1, 2, -1, -2]) {
    await agree(`axis ${axis}`, () => {
      const a = noise([2, 4, 6], 1);
      const b = noise([2, 4, 6], 2);
      const stacked = tf.stack([a, b], axis);
      return [
        tf.concat([a, b, a], axis),
        tf.concat([a], axis),
        stacked,
        tf.stack([a], axis),
        ...tf.unstack(a, axis),
        ...tf.split(a, 2, axis),
        ...tf.split(integers([4, 4, 4], 0, 9), [1, 2, 1], axis),
        ...tf.split(integers([4, 4, 4], 0, 9), [1, -1], axis),
        ...tf.split(a, 1, axis),
      ];
    });
  }
  await agree("of unequal lengths", () => [
    tf.concat([noise([2, 3], 1), noise([5, 3], 2), noise([0, 3], 3)], 0),
    tf.concat([noise([2, 1], 1), noise([2, 4], 2)], 1),
  ]);
});

test("slices, strided slices and reversals", async () => {
  await agree("slices", () => {
    const x = noise([4, 5, 6], 1);
    return [
      tf.slice(x, [1], [2]),
      tf.slice(x, [0, 1, 2], [4, 3, -1]),
      tf.slice(x, [3, 4, 5], [1, 1, 1]),
      tf.slice(tf.add(x, 1), [1], [2]),
      tf.slice(tf.add(x, 1), [0, 2, 0], [4, 1, 6]),
      tf.slice(x, 0, 4),
      tf.slice(x, [2], [0]),
    ];
  });
  for (const [begin, end, strides] of [
    [
      [0, 0],
      [4, 5],
      [2, 2],
    ],
    [
      [3, 4],
      [0, -6],
      [-1, -2],
    ],
    [
      [-1, 1],
      [-5, -1],
      [-2, 1],
    ],
  ] as const) {
    await agree(`strided ${begin} ${end} ${strides}`, () => [
      tf.stridedSlice(noise([4, 5], 1), [...begin], [...end], [...strides]),
    ]);
  }
  await agree("masks", () => {
    const x = noise([4, 5, 6], 1);
    return [
      tf.stridedSlice(x, [1, 1, 1], [2, 3, 4], [1, 1, 1], 1, 2),
      tf.stridedSlice(x, [1, 0], [2, 3], [1, 1], 0, 0, 0, 0, 1),
      tf.stridedSlice(x, [0, 1], [0, 3], [1, 1], 0, 0, 0, 1, 0),
      tf.stridedSlice(x, [0, 1], [0, 3], [1, 1], 0, 0, 1, 0, 0),
    ];
  });
  await agree("reverse", () => [
    tf.reverse(noise([3, 4, 2], 1)),
    tf.reverse(noise([3, 4, 2], 1), 1),
    tf.reverse(noise([3, 4, 2], 1), [0, -1]),
  ]);
});

test("pads, mirrors and repeats", async () => {
  await agree("pad", () => [
    tf.pad(noise([3, 4], 1), [
      [1, 2],
      [0, 3],
    ]),
    tf.pad(integers([3], 1, 9), [[2, 1]], 7),
    tf.pad(noise([2, 3, 1, 2], 1), [
      [0, 0],
      [1, 1],
      [2, 2],
      [0, 0],
    ]),
  ]);
  for (const mode of ["reflect", "symmetric"] as const) {
    await agree(mode, () => [
      tf.mirrorPad(
        noise([3, 4], 1),
        [
          [1, 2],
          [2, 1],
        ],
        mode,
      ),
    ]);
  }
  await agree("tile", () => [
    tf.tile(noise([2, 3], 1), [2, 3]),
    tf.tile(noise([2, 1], 1), [1, 4]),
    tf.add(tf.tile(noise([1, 3], 1), [4, 1]), noise([4, 3], 2)),
    tf.broadcastTo(noise([3, 1], 1), [2, 3, 4]),
  ]);
});

test("gathers", async () => {
  const indices = () => tf.tensor2d([2, 0, 1, 1], [2, 2], "int32");
  for (const axis of [0, 1, 2, -1]) {
    await agree(`axis ${axis}`, () => [
      tf.gather(noise([3, 4, 5], 1), indices(), axis),
      tf.gather(integers([3, 4, 5], 0, 9), tf.tensor1d([2, 2], "int32"), axis),
    ]);
  }
  await agree("with batch axes, of bools, by coordinates", () => [
    tf.gather(noise([2, 4, 3], 1), indices(), 1, 1),
    tf.gather(integers([2, 3, 4], 0, 9), tf.tensor3d([0, 3, 1, 1, 2, 2], [2, 3, 1], "int32"), 2, 2),
    tf.gather(noise([2, 4, 3], 1), indices(), 2, 1),
    tf.gather(tf.greater(noise([4], 1), 0), tf.tensor1d([3, 0], "int32")),
    tf.gatherND(noise([3, 4, 5], 1), tf.tensor2d([1, 2, 0, 3], [2, 2], "int32")),
    tf.gatherND(noise([3, 4], 1), tf.tensor2d([1, 2, 0, 3], [2, 2], "int32")),
  ]);
});

test("segment sums drop what is out of range", async () => {
  const ids = () => tf.tensor1d([0, 2, -1, 2, 5, 1], "int32");
  await agree("rows", () => [tf.unsortedSegmentSum(noise([6, 4], 1), ids(), 3)]);
  await agree("numbers", () => [tf.unsortedSegmentSum(noise([6], 1), ids(), 4)]);
});

test("one-hot", async () => {
  const indices = () => tf.tensor2d([0, 2, -1, 5], [2, 2], "int32");
  await agree("one-hot", () => [
    tf.oneHot(indices(), 3),
    tf.oneHot(indices(), 4, 2, -1),
    tf.oneHot(indices(), 3, 1, 0, "float32"),
    tf.oneHot(indices(), 3, 1, 0, "bool"),
  ]);
});

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

test("gradients of the normalization over channels", async () => {
  for (const [shape, radius, bias, alpha, beta] of [
    [[2, 3, 3, 7], 2, 1.5, 0.7, 0.6],
    [[1, 2, 4, 16], 5, 1, 1, 0.5],
    [[2, 1, 2, 3], 4, 2, 0.1, 0.75], // farther than there are channels
    [[1, 3, 2, 5], 0, 1, 2, 1],
    [[2, 2, 2, 1], 1, 0.5, 1, -0.5],
  ] as const) {
    await agree(`${shape} radius ${radius}`, () =>
      withGradients(
        (x) => tf.localResponseNormalization(x as tf.Tensor4D, radius, bias, alpha, beta),
        [noise(shape, 1, 3)],
      ),
    );
  }
  await agree("of one image", () =>
    withGradients(
      (x) => tf.localResponseNormalization(tf.relu(x) as tf.Tensor3D, 1, 1, 0.5, 0.75),
      [noise([3, 4, 6], 1)],
    ),
  );
  const { fallbacks } = (tf.findBackend("onnx") as OnnxBackend).statistics;
  assert.is(fallbacks.get("LRNGrad"), undefined);
});

test("empty tensors, strings and complex numbers", async () => {
  await agree("empty", () => [
    tf.add(noise([0, 3], 1), 1),
    tf.sum(noise([0, 3], 1), 0),
    tf.concat([noise([0, 3], 1), noise([2, 3], 1)]),
    tf.matMul(noise([2, 0], 1), noise([0, 3], 2)),
    tf.slice(noise([3], 1), [1], [0]),
  ]);
  await agree("complex", () => {
    const z = tf.complex(noise([4], 1), noise([4], 2));
    const transformed = tf.fft(z);
    return [tf.real(transformed), tf.imag(transformed), tf.abs(z), tf.real(tf.ifft(transformed))];
  });
});

test.run();
