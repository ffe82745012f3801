import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";
import { Accelerator, AcceleratorError, adamW } from "../../src/index.ts";

const test = suite("AdamW");

const GRADIENT = 0.5;

/** One weight under a constant gradient, as Loshchilov and Hutter write it. */
function expected(steps: number, rate: number, decay: number): number {
  let [weight, first, second] = [2, 0, 0];
  for (let step = 1; step <= steps; step++) {
    first = 0.9 * first + 0.1 * GRADIENT;
    second = 0.999 * second + 0.001 * GRADIENT ** 2;
    const [m, v] = [first / (1 - 0.9 ** step), second / (1 - 0.999 ** step)];
    weight -= rate * decay * weight;
    weight -= (rate * m) / (Math.sqrt(v) + 1e-8);
  }
  return weight;
}

test("decays weights apart from the gradient, with the learning rate of the step", async () => {
  await selectBackend("wasm");
  const accelerator = new Accelerator({ backend: "wasm" });
  const [weight, bias] = [tf.variable(tf.scalar(2)), tf.variable(tf.scalar(2))];
  const [model, optimizer] = await accelerator.prepare(
    { variables: [weight, bias] },
    adamW(0.1, { weightDecay: 0.3, decays: (variable) => variable === weight }),
  );
  const before = tf.memory().numTensors;
  for (let step = 0; step < 5; step++) {
    const loss = await accelerator.backward(() =>
      tf.tidy(() => tf.mul(tf.addN(model.variables), GRADIENT)),
    );
    loss.dispose();
    optimizer.step();
    optimizer.zeroGrad();
  }
  assert.ok(Math.abs((weight.dataSync()[0] ?? 0) - expected(5, 0.1, 0.3)) < 1e-5);
  assert.ok(Math.abs((bias.dataSync()[0] ?? 0) - expected(5, 0.1, 0)) < 1e-5);
  assert.is(tf.memory().numTensors, before + 4); // two moments each
});

test("minimizes by itself, like any optimizer of tfjs", () => {
  const weight = tf.variable(tf.scalar(2));
  const optimizer = adamW(0.1);
  for (let step = 0; step < 100; step++)
    optimizer.minimize(() => tf.square(weight), false, [weight]);
  assert.ok(Math.abs(weight.dataSync()[0] ?? 1) < 0.1);
  assert.is(optimizer.getConfig().weightDecay, 0.01);
});

test("refuses numbers out of range", () => {
  for (const options of [{ beta1: 1 }, { beta2: -1 }, { epsilon: 0 }, { weightDecay: -1 }]) {
    assert.throws(
      () => adamW(0.1, options),
      (error: unknown) => error instanceof AcceleratorError && error.code === "OPTION_INVALID",
    );
  }
});

test.run();
