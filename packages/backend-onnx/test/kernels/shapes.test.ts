import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { agree, integers, noise } from "../compare-backends.ts";

const test = suite("kernels that move elements");

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

test("shapes that do not fit are refused when the operation is called", async () => {
  await tf.setBackend("onnx");
  const [vector, matrix] = [tf.ones([2]), tf.ones([2, 3])];
  assert.throws(() => tf.expandDims(vector, -3), /interval/);
  assert.throws(() => tf.stack([vector, tf.ones([3])]), /must match/);
  assert.throws(() => tf.gatherND(matrix, tf.scalar(1, "int32")), /rank 1 or higher/);
  assert.throws(() => tf.gatherND(matrix, tf.zeros([1, 3], "int32")), /tensor rank/);
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
