import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, integers, noise } from "../compare-backends.ts";

const test = suite("kernels that select by index");

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

test("ranges up and down, with and without a step", () =>
  agree("range", () => [
    tf.range(4, -2),
    tf.range(3, -4, -2),
    tf.range(0, 5, 1, "int32"),
    tf.range(2, 2),
    tf.range(0, 5, -1),
  ]));

test.run();
