import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  concatenate,
  findBatchSize,
  ignorantFindBatchSize,
  listify,
  recursivelyApply,
  sliceTensors,
} from "../../src/index.ts";

const test = suite("nested structures");
const batch = () => ({
  x: tf.tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]),
  y: [tf.tensor1d([7, 8, 9]), "kept"],
});

test.before(async () => {
  await tf.setBackend("cpu");
});

test("the batch size is that of the first tensor", () => {
  assert.is(findBatchSize(batch()), 3);
  assert.is(findBatchSize(["text", [tf.zeros([5, 1])]]), 5);
  assert.is(ignorantFindBatchSize(batch()), 3);
  for (const none of [{}, [], "text", null, tf.scalar(1), { a: [1] }]) {
    assert.is(ignorantFindBatchSize(none), undefined);
    assert.throws(
      () => findBatchSize(none),
      (error: { code: string }) => error.code === "VALUE_INVALID",
    );
  }
});

test("tensors become lists, and everything else stays", async () => {
  assert.equal(await listify(batch()), {
    x: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    y: [[7, 8, 9], "kept"],
  });
  assert.equal(await listify([tf.scalar(2), undefined, 3]), [2, undefined, 3]);
});

test("slices are those of JavaScript", async () => {
  for (const [start, end] of [
    [0, 2],
    [1, undefined],
    [-1, undefined],
    [0, -1],
    [2, 1],
    [9, 12],
    [-9, 2],
  ] as const) {
    const { x, y } = (await listify(sliceTensors(batch(), start, end))) as {
      x: number[][];
      y: unknown[];
    };
    assert.equal(
      x,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ].slice(start, end),
      `${start}, ${end}`,
    );
    assert.equal(y, [[7, 8, 9].slice(start, end), "kept"]);
  }
});

test("structures are joined tensor by tensor", async () => {
  const part = () => ({ x: tf.tensor2d([[1, 2]]), y: [tf.tensor1d([3]), tf.tensor1d([4])] });
  assert.equal(await listify(concatenate([part(), part()])), {
    x: [
      [1, 2],
      [1, 2],
    ],
    y: [
      [3, 3],
      [4, 4],
    ],
  });
  assert.equal(await listify(concatenate([tf.ones([1, 2]), tf.zeros([1, 1])], 1)), [[1, 1, 0]]);
  for (const wrong of [[], [tf.ones([1]), [tf.ones([1])]]]) {
    assert.throws(
      () => concatenate(wrong as tf.Tensor[]),
      (error: { code: string }) => error.code === "VALUE_INVALID",
    );
  }
});

test("a function is applied to every tensor", () => {
  assert.equal(
    recursivelyApply((tensor) => tensor.size, batch()),
    { x: 6, y: [3, "kept"] },
  );
});

test("nothing is left behind", () => {
  const before = tf.memory().numTensors;
  const given = batch();
  const made = [sliceTensors(given, 0, 1), concatenate([[given.x], [given.x]])];
  tf.dispose([given, made] as tf.TensorContainer);
  assert.is(tf.memory().numTensors, before);
});

test.run();
