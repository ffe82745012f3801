import {
  attentionSoftmax,
  dropout,
  gelu,
  gru,
  layerNorm,
  lstm,
  softmaxCrossEntropy,
} from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OnnxBackend } from "../../src/index.ts";
import "../../src/index.ts";

const test = suite("functions of the core as kernels of the onnx backend");

const TOLERANCE = 1e-5;
type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Values in -1..1 that do not depend on the backend. */
function noise(shape: number[], seed: number, dtype: "float32" | "int32" = "float32"): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233)),
    shape,
    dtype,
  );
}

/** The value and the gradients with respect to all inputs. */
function results(operation: Operation, inputs: tf.Tensor[]): tf.Tensor[] {
  let value = tf.scalar(0) as tf.Tensor;
  const weighted = (...args: tf.Tensor[]) => {
    value = tf.keep(operation(...args));
    return tf.sum(tf.mul(value, noise(value.shape, 9))) as tf.Scalar;
  };
  return [...tf.grads(weighted)(inputs), value];
}

/**
 * Compares value and gradients with those of the composition on the cpu backend, and checks that nothing was
 * left to its kernels.
 */
async function agree(operation: Operation, inputs: () => tf.Tensor[], label: string) {
  const found: Record<string, tf.TypedArray[]> = {};
  for (const backend of ["cpu", "onnx"]) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const tensors = tf.tidy(() => results(operation, inputs()));
    found[backend] = tensors.map((tensor) => tensor.dataSync());
    tf.dispose(tensors);
    assert.is(tf.memory().numTensors, before, `${label} leaks on ${backend}`);
  }
  const { fallbacks } = (tf.backend() as OnnxBackend).statistics;
  assert.equal([...fallbacks.keys()], [], `${label} falls back`);
  for (const [index, expected] of (found.cpu ?? []).entries()) {
    const actual = found.onnx?.[index];
    assert.is(actual?.length, expected.length, label);
    const largest = Math.max(1e-3, ...Array.from(expected, Math.abs));
    for (const [i, value] of expected.entries()) {
      const difference = Math.abs((actual?.[i] ?? Number.NaN) - value);
      assert.ok(
        difference <= TOLERANCE * largest,
        `${label}: result ${index}, element ${i} is ${actual?.[i]}, not ${value}`,
      );
    }
  }
}

test("layer normalisation", async () => {
  for (const shape of [
    [3, 8],
    [2, 5, 7],
    [2, 2, 3, 16],
  ]) {
    const features = shape.at(-1) as number;
    await agree(
      (x, gamma, beta) => layerNorm(x as tf.Tensor, gamma as tf.Tensor, beta as tf.Tensor, 1e-4),
      () => [noise(shape, 1), noise([features], 2), noise([features], 3)],
      `[${shape}]`,
    );
  }
});

test("GELU", async () => {
  await agree(
    (x) => gelu(x as tf.Tensor),
    () => [tf.mul(noise([5, 33], 1), 4)],
    "gelu",
  );
});

test("softmax cross-entropy", async () => {
  const labels = {
    "one-hot": () => tf.oneHot(tf.tensor1d([4, 0, 2], "int32"), 5).toFloat(),
    soft: () => tf.softmax(noise([3, 5], 2)),
    numbers: () => tf.tensor1d([4, 0, 2], "int32"),
  };
  for (const [name, make] of Object.entries(labels)) {
    for (const reduction of ["mean", "sum", "none"] as const) {
      await agree(
        (logits) =>
          softmaxCrossEntropy(make(), logits as tf.Tensor, { reduction, labelSmoothing: 0.1 }),
        () => [tf.mul(noise([3, 5], 1), 20)],
        `${name}, ${reduction}`,
      );
    }
  }
});

test("attention softmax", async () => {
  const causal = () => tf.linalg.bandPart(tf.ones([4, 4]), -1, 0).toBool();
  for (const masked of [false, true]) {
    await agree(
      (scores) =>
        attentionSoftmax(scores as tf.Tensor, {
          scale: 0.3,
          ...(masked ? { mask: causal() } : {}),
        }),
      () => [tf.mul(noise([2, 3, 4, 4], 1), 5)],
      `mask ${masked}`,
    );
  }
});

test("LSTM and GRU, from any state, with the last states", async () => {
  // From 16 samples on states are columns. Where values are read in between, the gradient is in a graph of its own.
  for (const [batch, steps, features, units, isRead] of [
    [3, 5, 4, 6, false],
    [1, 1, 1, 1, false],
    [2, 7, 3, 8, true],
    [16, 5, 4, 6, false],
    [17, 1, 1, 1, false],
    [33, 4, 3, 8, true],
  ] as const) {
    const weights = (gates: number) => [
      noise([batch, steps, features], 1),
      noise([features, gates * units], 2),
      noise([units, gates * units], 3),
      noise([gates * units], 4),
      noise([batch, units], 5),
    ];
    await agree(
      (...[x, kernel, recurrentKernel, bias, hidden, cell]) => {
        const state = { hidden, cell } as never;
        const result = lstm(x as tf.Tensor, { kernel, recurrentKernel, bias } as never, state);
        if (isRead) result.outputs.dataSync();
        return tf.concat([result.outputs.reshape([batch, -1]), result.hidden, result.cell], 1);
      },
      () => [...weights(4), noise([batch, units], 6)],
      `lstm ${[batch, steps, features, units, isRead]}`,
    );
    await agree(
      (...[x, kernel, recurrentKernel, bias, hidden]) => {
        const state = { hidden } as never;
        const result = gru(x as tf.Tensor, { kernel, recurrentKernel, bias } as never, state);
        if (isRead) result.outputs.dataSync();
        return tf.concat([result.outputs.reshape([batch, -1]), result.hidden], 1);
      },
      () => weights(3),
      `gru ${[batch, steps, features, units, isRead]}`,
    );
  }
});

test("dropout makes the masks of the other backends, and its gradient the same mask", async () => {
  await tf.setBackend("onnx");
  for (const key of [0, 1, -1, 123456789, -(2 ** 31), 2 ** 31 - 1]) {
    for (const rate of [0.1, 0.4, 0.5]) {
      const x = noise([3, 500], 1);
      const inputs = { x, key: tf.scalar(key, "int32") };
      const y = tf.engine().runKernel<tf.Tensor>("AccDropout", inputs, { rate });
      const factors = mask(1500, key, rate);
      const values = x.dataSync();
      for (const [i, value] of y.dataSync().entries()) {
        const expected = Math.fround((values[i] ?? 0) * Math.fround(factors[i] ?? 0));
        assert.is(Math.abs(value), Math.abs(expected), `key ${key}, rate ${rate}, element ${i}`);
      }
    }
  }
  const ones = tf.ones([4000]);
  let values: number[] = [];
  const gradient = tf.grad((x) => {
    const y = dropout(x, 0.4);
    values = [...y.dataSync()];
    return tf.sum(y);
  })(ones);
  assert.equal([...gradient.dataSync()], values);
});

/** The mask as `dropout` documents it, worked out with exact integers. */
function mask(size: number, key: number, rate: number): number[] {
  const word = (value: bigint) => BigInt.asUintN(32, value);
  const mix = (start: bigint, between = 0n) => {
    let bits = word((start ^ (start >> 16n)) * 0x7feb352dn) ^ between;
    bits = word((bits ^ (bits >> 15n)) * 0x846ca68bn);
    return bits ^ (bits >> 16n);
  };
  const first = word(BigInt(key));
  const second = mix(first ^ 0x9e3779b9n);
  return Array.from({ length: size }, (_, i) => {
    const bits = mix(BigInt(i) ^ first, second);
    return Number(bits >> 1n) >= Math.round(rate * 2 ** 31) ? 1 / (1 - rate) : 0;
  });
}

test.run();
