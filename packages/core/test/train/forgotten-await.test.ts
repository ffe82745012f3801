import { setTimeout } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { testSameNumbers } from "./test-forgotten-await.ts";

const test = suite("a backward that is not awaited");

testSameNumbers(test, 2);

test("of an asynchronous function is named by the next call", async () => {
  const accelerator = new Accelerator({ backend: "cpu" });
  const weight = tf.variable(tf.scalar(1));
  const [, optimizer] = await accelerator.prepare({ weight }, tf.train.sgd(0.1));
  const loss = () => tf.square(weight) as tf.Scalar;
  const late = async () => {
    await setTimeout(1);
    return loss();
  };
  const first = accelerator.backward(late);
  const calls = {
    step: () => optimizer.step(),
    zeroGrad: () => optimizer.zeroGrad(),
    minimize: () => optimizer.minimize(loss),
    applyGradients: () => optimizer.applyGradients({}),
  };
  for (const [name, call] of Object.entries(calls)) {
    assert.throws(call, (error: Error) => {
      assert.is((error as Error & { code: string }).code, "STATE_INVALID");
      return error.message.startsWith(name) && error.message.includes("await accelerator.backward");
    });
  }
  await accelerator.backward(late).then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, "STATE_INVALID"),
  );
  await first;
  optimizer.step();
  assert.ok(((await weight.data())[0] as number) < 1, "awaited, it trains");
  const failed = accelerator.backward(() => Promise.reject(new Error("no loss")));
  await failed.then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "no loss"),
  );
  (await accelerator.backward(loss)).dispose();
});

test.run();
