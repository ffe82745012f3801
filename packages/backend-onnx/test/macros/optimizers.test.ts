import { Accelerator, adamW } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OnnxBackend } from "../../src/index.ts";

const test = suite("optimizers on the onnx backend");

const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
  SGD: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  Nesterov: () => tf.train.momentum(0.1, 0.9, true),
  Adam: () => tf.train.adam(0.05),
  AdamW: () => adamW(0.05, { weightDecay: 0.2, decays: ({ shape }) => shape.length > 1 }),
  RMSProp: () => tf.train.rmsprop(0.05, 0.8, 0.5),
  "centered RMSProp": () => tf.train.rmsprop(0.01, 0.9, 0, 1e-12, true),
  Adagrad: () => tf.train.adagrad(0.05), // has no kernel of its own
};
const FUSED = new Set([
  "SGD",
  "momentum",
  "Nesterov",
  "Adam",
  "AdamW",
  "RMSProp",
  "centered RMSProp",
]);
const STEPS = 8;

type Outcome = { readonly weights: number[]; readonly slots: string[]; readonly records: number };

/** Some steps with a learning rate that changes and a variable that has no gradient in every second one. */
async function train(backend: "cpu" | "onnx", make: () => tf.Optimizer): Promise<Outcome> {
  const accelerator = new Accelerator({ backend });
  await accelerator.prepare(tf.zeros([1]));
  const values = (shape: number[], seed: number) =>
    tf.tidy(() => tf.sin(tf.range(seed, seed + tf.util.sizeFromShape(shape))).reshape(shape));
  const kernel = tf.variable(values([7, 5], 1));
  const bias = tf.variable(values([5], 50));
  const rare = tf.variable(values([5], 90));
  const model = { variables: [kernel, rare, bias] };
  const [, optimizer] = await accelerator.prepare(model, make());
  const x = values([4, 7], 200);
  const target = values([4, 5], 300);
  let records = 0;
  for (let step = 0; step < STEPS; step++) {
    if (step === 4) optimizer.learningRate /= 3;
    const loss = await accelerator.backward(() => {
      const output = tf.add(tf.matMul(x, kernel), bias);
      const shifted = step % 2 === 0 ? output : tf.mul(output, rare);
      return tf.mean(tf.square(tf.sub(shifted, target)));
    });
    const before = (tf.backend() as Partial<OnnxBackend>).statistics?.recorded ?? 0;
    optimizer.step();
    records = ((tf.backend() as Partial<OnnxBackend>).statistics?.recorded ?? 0) - before;
    optimizer.zeroGrad();
    loss.dispose();
  }
  assert.is(optimizer.optimizer.iterations, STEPS);
  const state = await optimizer.optimizer.getWeights();
  return {
    weights: [kernel, rare, bias, ...state.slice(1).map(({ tensor }) => tensor)].flatMap((t) => [
      ...t.dataSync(),
    ]),
    slots: state.map(({ name, tensor }) => `${name.replace(/^\d+/, "")} [${tensor.shape}]`),
    records,
  };
}

for (const [name, make] of Object.entries(OPTIMIZERS)) {
  test(`${name} gives the numbers and the state of tfjs`, async () => {
    const expected = await train("cpu", make);
    const actual = await train("onnx", make);
    assert.equal(actual.slots, expected.slots);
    for (const [i, value] of expected.weights.entries()) {
      const difference = Math.abs((actual.weights[i] ?? Number.NaN) - value);
      assert.ok(
        difference <= 2e-5 * Math.max(1, Math.abs(value)),
        `number ${i} is ${actual.weights[i]}, not ${value}`,
      );
    }
    // Three variables; Adam's powers of its betas are two more.
    if (FUSED.has(name)) assert.ok(actual.records <= 5, `${actual.records} records`);
  });
}

test("optimizers of tfjs by themselves are one kernel per variable too", async () => {
  const outcomes: Record<string, number[]> = {};
  for (const backend of ["cpu", "onnx"]) {
    await tf.setBackend(backend);
    for (const [name, make] of Object.entries(OPTIMIZERS)) {
      const weight = tf.variable(tf.tensor1d([1, -2, 3]));
      const optimizer = make();
      const statistics = (tf.backend() as Partial<OnnxBackend>).statistics;
      let records = 0;
      for (let step = 0; step < 5; step++) {
        const { grads } = tf.variableGrads(() => tf.sum(tf.square(weight)), [weight]);
        records = statistics?.recorded ?? 0;
        optimizer.applyGradients(grads);
        records = (statistics?.recorded ?? 0) - records;
        tf.dispose(grads);
      }
      const isFused = FUSED.has(name) && name !== "AdamW"; // a class of its own: composed unless prepared
      if (backend === "onnx" && isFused) assert.ok(records <= 3, `${name}: ${records} records`);
      outcomes[`${name} ${backend}`] = [...weight.dataSync()];
    }
  }
  for (const name of Object.keys(OPTIMIZERS)) {
    for (const [i, value] of (outcomes[`${name} cpu`] ?? []).entries()) {
      const actual = outcomes[`${name} onnx`]?.[i] ?? Number.NaN;
      assert.ok(
        Math.abs(actual - value) <= 2e-5 * Math.max(1, Math.abs(value)),
        `${name}: ${actual}`,
      );
    }
  }
});

test("a step of an accelerated optimizer looks for a fused kernel once", async () => {
  const lookups: number[] = [];
  for (const backend of ["cpu", "onnx"] as const) {
    const accelerator = new Accelerator({ backend });
    const weight = tf.variable(tf.tensor1d([1, -2, 3]));
    let reads = 0;
    const adagrad = Object.defineProperty(tf.train.adagrad(0.1), "applyGradients", {
      // This member shows what kind of optimizer it is: each search reads it a few times.
      get() {
        reads += 1;
        return tf.AdagradOptimizer.prototype.applyGradients;
      },
    });
    const [, optimizer] = await accelerator.prepare({ variables: [weight] }, adagrad);
    (await accelerator.backward(() => tf.sum(tf.square(weight)))).dispose();
    reads = 0;
    optimizer.step();
    lookups.push(reads);
  }
  const [withoutKernels, withKernels] = lookups;
  assert.is(withKernels, withoutKernels);
});

test.run();
