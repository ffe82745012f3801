import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("checkpoints of several models (accelerate #3101 #3812 #2807)");

/** Two models that share a variable, an optimizer for each, after so many steps. */
async function train(steps: number, more: Record<string, tf.Variable> = {}) {
  const accelerator = new Accelerator({ backend: "cpu" });
  const shared = tf.variable(tf.tensor1d([1, 2]));
  const [first, second] = [
    { shared, a: tf.variable(tf.tensor1d([3, 4])), ...more },
    { shared, b: tf.variable(tf.tensor1d([5, 6])) },
  ];
  const one = await accelerator.prepare({ model: first, optimizer: tf.train.adam(0.1) });
  const two = await accelerator.prepare({ model: second, optimizer: tf.train.momentum(0.1, 0.9) });
  const train = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const all = [...Object.values(first), second.b];
      await accelerator.backward(
        () => tf.addN(all.map((variable) => tf.sum(tf.square(variable)))) as tf.Scalar,
      );
      for (const { optimizer } of [one, two]) optimizer.step();
      for (const { optimizer } of [one, two]) optimizer.zeroGrad();
    }
  };
  await train(steps);
  const values = () => [shared, first.a, second.b].map((variable) => [...variable.dataSync()]);
  return { accelerator, first, second, shared, train, values };
}

test("a variable that two models share comes back, once, and stays shared", async () => {
  const folder = scratch();
  const before = await train(3);
  await before.accelerator.saveState(folder, { wait: true });
  const after = await train(0);
  await after.accelerator.loadState(folder);
  assert.equal(after.values(), before.values());
  assert.is(after.first.shared, after.second.shared);
  await before.train(3);
  await after.train(3);
  assert.equal(after.values(), before.values(), "the moments of both optimizers too");
});

test("one variable more in the script is named, and nothing is loaded", async () => {
  const folder = scratch();
  await (await train(2)).accelerator.saveState(folder, { wait: true });
  const other = await train(1, { more: tf.variable(tf.scalar(1)) });
  const values = other.values();
  const { code, message } = await errorOf(other.accelerator.loadState(folder));
  assert.is(code, "CHECKPOINT_MODEL_MISMATCH");
  assert.match(message, /4 variables|3 variables|more/);
  assert.equal(other.values(), values);
});

test.run();
