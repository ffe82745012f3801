import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AcceleratorError,
  attentionSoftmax,
  gelu,
  layerNorm,
  softmaxCrossEntropy,
} from "../../src/index.ts";
import { noise } from "../backend/compare-backends.ts";
import { agreeWithReference } from "./agree-with-reference.ts";

const test = suite("functions of a transformer");

test("normalises the last axis", async () => {
  const reference = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const inverse = tf.rsqrt(tf.add(variance, 1e-5));
    return tf.add(tf.mul(tf.mul(tf.sub(x, mean), inverse), gamma), beta);
  };
  const actual = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => layerNorm(x, gamma, beta);
  for (const shape of [
    [3, 8],
    [2, 5, 7],
    [1, 1],
    [2, 2, 2, 4],
  ]) {
    const features = shape.at(-1) ?? 0;
    const inputs = () => [noise(shape, 1), noise([features], 2), noise([features], 3)];
    await agreeWithReference(actual as never, reference as never, inputs, `[${shape}]`);
  }
});

test("takes the epsilon it is given", async () => {
  const flat = () => tf.fill([1, 4], 2);
  const [one, zero] = [tf.ones([4]), tf.zeros([4])];
  const x = tf.add(flat(), tf.tensor([[0, 0.002, 0, 0]]));
  const [narrow, wide] = [layerNorm(x, one, zero, 1e-9), layerNorm(x, one, zero, 1)];
  assert.ok((tf.max(tf.abs(narrow)).dataSync()[0] as number) > 1.7);
  assert.ok((tf.max(tf.abs(wide)).dataSync()[0] as number) < 0.01);
});

test("computes the exact GELU", async () => {
  const reference = (x: tf.Tensor) =>
    tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  const inputs = () => [tf.mul(noise([4, 9], 1), 4)];
  await agreeWithReference(gelu, reference, inputs, "gelu");
});

test("computes cross-entropy from probabilities and from numbers of classes", async () => {
  const soft = () => tf.softmax(noise([6, 5], 7));
  const numbers = () => tf.tensor1d([0, 4, 2, 2, 1, 3], "int32");
  const reference = (labels: () => tf.Tensor) => (logits: tf.Tensor) =>
    tf.neg(tf.sum(tf.mul(labels(), tf.logSoftmax(logits)), -1));
  const hot = () => tf.oneHot(numbers(), 5).toFloat();
  const inputs = () => [tf.mul(noise([6, 5], 1), 30)];
  for (const [name, labels, target] of [
    ["soft", soft, soft],
    ["one-hot", hot, hot],
    ["numbers", numbers, hot],
  ] as const) {
    const plain = reference(target);
    const none = (logits: tf.Tensor) =>
      softmaxCrossEntropy(labels(), logits, { reduction: "none" });
    await agreeWithReference(none, plain, inputs, `${name}, none`);
    const mean = (logits: tf.Tensor) => softmaxCrossEntropy(labels(), logits);
    await agreeWithReference(mean, (logits) => tf.mean(plain(logits)), inputs, `${name}, mean`);
    const sum = (logits: tf.Tensor) => softmaxCrossEntropy(labels(), logits, { reduction: "sum" });
    await agreeWithReference(sum, (logits) => tf.sum(plain(logits)), inputs, `${name}, sum`);
  }
});

test("smooths labels", async () => {
  const labels = () => tf.oneHot(tf.tensor1d([1, 0], "int32"), 4).toFloat();
  const actual = (logits: tf.Tensor) =>
    softmaxCrossEntropy(labels(), logits, { labelSmoothing: 0.2 });
  const reference = (logits: tf.Tensor) => {
    const target = tf.add(tf.mul(labels(), 0.8), 0.05);
    return tf.neg(tf.mean(tf.sum(tf.mul(target, tf.logSoftmax(logits)), -1)));
  };
  await agreeWithReference(actual, reference, () => [noise([2, 4], 1)], "smoothing");
});

test("stays finite for huge logits", async () => {
  const logits = tf.tensor2d([
    [1e4, -1e4],
    [3e4, 0],
  ]);
  const losses = softmaxCrossEntropy(tf.tensor1d([0, 1], "int32"), logits, { reduction: "none" });
  assert.equal([...losses.dataSync()], [0, 3e4]);
});

test("weighs attention under a mask and a scale", async () => {
  const shape = [2, 3, 4, 4];
  const causal = () => tf.linalg.bandPart(tf.ones([4, 4]), -1, 0).toBool();
  const added = () => tf.mul(tf.sub(1, causal().toFloat()), -1e9);
  const reference = (masked: boolean) => (scores: tf.Tensor) => {
    const scaled = tf.mul(scores, 0.5);
    return tf.softmax(masked ? tf.add(scaled, added()) : scaled);
  };
  const inputs = () => [tf.mul(noise(shape, 1), 5)];
  for (const [name, mask] of [
    ["bool", causal],
    ["float32", added],
    ["no", undefined],
  ] as const) {
    const actual = (scores: tf.Tensor) =>
      attentionSoftmax(scores, { scale: 0.5, ...(mask ? { mask: mask() } : {}) });
    await agreeWithReference(actual, reference(mask !== undefined), inputs, `${name} mask`);
  }
});

test("refuses shapes and options that make no sense", () => {
  const refused = (body: () => unknown, code: string) => {
    assert.throws(
      body,
      (error: unknown) => error instanceof AcceleratorError && error.code === code,
    );
  };
  const x = tf.zeros([2, 3]);
  refused(() => layerNorm(x, tf.ones([2]), tf.zeros([3])), "VALUE_INVALID");
  refused(() => layerNorm(tf.zeros([3]), tf.ones([3]), tf.zeros([3])), "VALUE_INVALID");
  refused(() => softmaxCrossEntropy(tf.zeros([2]), x), "VALUE_INVALID");
  refused(() => softmaxCrossEntropy(tf.zeros([3, 2]), x), "VALUE_INVALID");
  refused(() => softmaxCrossEntropy(x, x, { labelSmoothing: 1 }), "OPTION_INVALID");
});

test.run();
