import "../compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { markStep, type OnnxBackend } from "../../src/index.ts";
import { noise } from "../compare-backends.ts";

const test = suite("tensors computed in an array");

test.before.each(async () => {
  await tf.setBackend("onnx");
  markStep();
});

const onnx = () => tf.backend() as OnnxBackend;

/** Memory that threads share, as the bucket of the gradients is. */
const bucket = (length: number) =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));

test("a graph writes to the array itself, and what the array is set to is the tensor's value", () => {
  const array = bucket(8).subarray(2, 5);
  const { numBytesInUse } = onnx().memory();
  const sum = tf.tidy(() => tf.add([1, 2, 3], noise([3], 1)));
  assert.is(onnx().placeIn(array, sum.dataId), true);
  onnx().readInto(sum.dataId, array);
  assert.is(onnx().memory().numBytesInUse, numBytesInUse, "no memory of its own");
  assert.equal([...sum.dataSync()], [...array]);
  array.set([7, 8, 9]);
  assert.equal([...tf.tidy(() => tf.mul(sum, 2).dataSync())], [14, 16, 18]);
  sum.dispose();
  assert.is(onnx().memory().numBytesInUse, numBytesInUse);
});

test("a look at a pending tensor computes it, and shows its values where they are", () => {
  const sum = tf.add([1, 2, 3], 1);
  const values = onnx().lookAt(sum.dataId, 3);
  assert.equal([...values], [2, 3, 4]);
  assert.is(onnx().lookAt(sum.dataId, 3).buffer, values.buffer);
  sum.dispose();
});

test("a tensor that is still in use moves out when the array is filled anew", () => {
  const array = bucket(3);
  const first = tf.add([1, 2, 3], 1);
  onnx().placeIn(array, first.dataId);
  onnx().readInto(first.dataId, array);
  const doubled = tf.mul(first, 2); // not computed yet
  const sum = tf.add(first, 10); // reads the array, and is computed there
  assert.is(onnx().placeIn(array, sum.dataId), true);
  onnx().readInto(sum.dataId, array);
  assert.equal([...array], [12, 13, 14]);
  assert.equal([...first.dataSync()], [2, 3, 4]);
  assert.equal([...doubled.dataSync()], [4, 6, 8]);
  onnx().placeIn(array, undefined);
  array.fill(0);
  assert.equal([...sum.dataSync()], [12, 13, 14]);
});

test("a tensor whose place changes before it is computed goes to the new place", () => {
  const [here, there] = [bucket(3), bucket(3)];
  const sum = tf.add([1, 2, 3], 1);
  onnx().placeIn(here, sum.dataId);
  assert.is(onnx().placeIn(there, sum.dataId), false, "it has a place");
  onnx().placeIn(here, undefined);
  assert.is(onnx().placeIn(there, sum.dataId), true);
  onnx().readInto(sum.dataId, there);
  assert.equal([...here, ...there], [0, 0, 0, 2, 3, 4]);
});

test("values that are computed or shared are copied instead", () => {
  const array = bucket(3);
  const computed = tf.tensor1d([1, 2, 3]);
  assert.is(onnx().placeIn(array, computed.dataId), false);
  onnx().readInto(computed.dataId, array);
  assert.equal([...array], [1, 2, 3]);
  const shared = tf.add(computed, 1);
  const twin = shared.clone();
  assert.is(onnx().placeIn(array, shared.dataId), false);
  onnx().readInto(shared.dataId, array);
  array.fill(0);
  assert.equal([...shared.dataSync(), ...twin.dataSync()], [2, 3, 4, 2, 3, 4]);
});

test.run();
