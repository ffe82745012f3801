import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { errorOf } from "../checkpoint/error-of.ts";

const test = suite("unscaleGradients");

async function twoModels(options: object) {
  const accelerator = new Accelerator({ backend: "cpu", ...options });
  const [x, y] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
  const [first, second] = [{ x }, { y }];
  const [, optimizer] = await accelerator.prepare(first, tf.train.sgd(0.5));
  const [, other] = await accelerator.prepare(second, tf.train.sgd(0.5));
  const loss = () => tf.add(tf.mul(x, 2), tf.mul(y, 3)) as tf.Scalar;
  const backward = async () => (await accelerator.backward(loss)).dispose();
  const gradients = () => [x, y].map((one) => accelerator.gradientOf(one)?.dataSync()[0]);
  const weights = () => [x, y].map((one) => one.dataSync()[0]);
  return { accelerator, first, second, optimizer, other, backward, gradients, weights };
}

test("divides those of the listed optimizers, each once; steps are those without a scaler", async () => {
  const { accelerator, first, second, optimizer, other, backward, gradients, weights } =
    await twoModels({ gradScaler: { initScale: 8 } });
  const seen: unknown[] = [];
  await accelerator.noSync(first, () =>
    accelerator.noSync(second, async () => {
      await backward();
      seen.push(gradients());
      accelerator.unscaleGradients(optimizer);
      seen.push(gradients());
      accelerator.unscaleGradients();
      accelerator.unscaleGradients(optimizer, other);
      seen.push(gradients());
    }),
  );
  assert.equal(seen, [
    [16, 24],
    [2, 24],
    [2, 3],
  ]);
  for (const one of [optimizer, other]) one.step();
  assert.equal(weights(), [0, -0.5]);
});

test("does nothing behind an exchange, without a scaler, and in the middle of a window", async () => {
  const exchanged = await twoModels({ gradScaler: { initScale: 8 } });
  await exchanged.backward();
  exchanged.accelerator.unscaleGradients();
  assert.equal(exchanged.gradients(), [2, 3]);
  const plain = await twoModels({});
  await plain.backward();
  plain.accelerator.unscaleGradients(plain.optimizer);
  assert.equal(plain.gradients(), [2, 3]);
  const window = await twoModels({ gradScaler: { initScale: 8 }, gradientAccumulationSteps: 2 });
  await window.accelerator.accumulate(async () => {
    await window.backward();
    window.accelerator.unscaleGradients();
  });
  assert.equal(window.gradients(), [8, 12]);
});

test("takes prepared optimizers only", async () => {
  const { accelerator } = await twoModels({});
  for (const wrong of [tf.train.sgd(1), {}, null]) {
    const error = await errorOf(() => accelerator.unscaleGradients(wrong as never));
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, /takes prepared optimizers/);
  }
});

test.run();
