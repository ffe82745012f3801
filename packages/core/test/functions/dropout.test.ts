import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";
import { advanceRandomStep } from "../../src/functions/dropout-key.ts";
import { AcceleratorError, dropout } from "../../src/index.ts";

const test = suite("dropout");

const SIZE = 20_000;
const drop = (options = {}) =>
  tf.tidy(() => [...dropout(tf.ones([SIZE]), 0.3, options).dataSync()]);

test("keeps the expected share and scales it", () => {
  const values = drop();
  const kept = values.filter((value) => value !== 0);
  assert.ok(Math.abs(kept.length / SIZE - 0.7) < 0.02, `kept ${kept.length} of ${SIZE}`);
  assert.ok(kept.every((value) => Math.abs(value - 1 / 0.7) < 1e-6));
});

test("gives other masks for other seeds, calls and steps, none a copy of another", () => {
  advanceRandomStep();
  const masks = [drop(), drop(), drop({ seed: 1 })];
  advanceRandomStep();
  masks.push(drop());
  for (const [index, mask] of masks.entries()) {
    for (const other of masks.slice(index + 1)) {
      const agreeing = mask.filter((value, i) => value === other[i]).length / SIZE;
      assert.ok(Math.abs(agreeing - 0.58) < 0.02, `share of agreement ${agreeing}`); // 0.7² + 0.3²
    }
  }
});

test("has no pattern between neighbours", () => {
  const mask = drop().map((value) => (value === 0 ? 0 : 1));
  for (const lag of [1, 2, 7, 64, 128, 1024]) {
    const both = mask.slice(lag).filter((value, i) => value === 1 && mask[i] === 1).length;
    assert.ok(Math.abs(both / (SIZE - lag) - 0.49) < 0.02, `lag ${lag}: ${both / (SIZE - lag)}`);
  }
});

test("passes the gradient through the same mask, on every backend", async () => {
  for (const backend of ["cpu", "wasm"] as const) {
    await selectBackend(backend);
    advanceRandomStep();
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      let mask: number[] = [];
      const f = (x: tf.Tensor) => {
        const output = dropout(x, 0.5);
        mask = [...output.dataSync()];
        return tf.sum(output) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(f)(tf.ones([1000]));
      assert.equal([...grad.dataSync()], mask, backend);
      assert.is(value.dataSync()[0], grad.sum().dataSync()[0]);
    });
    assert.is(tf.memory().numTensors, before, `leaks on ${backend}`);
  }
});

test("leaves everything at rate 0, and refuses 1", () => {
  assert.equal([...dropout(tf.tensor1d([1, 2, 3]), 0).dataSync()], [1, 2, 3]);
  assert.throws(
    () => dropout(tf.ones([1]), 1),
    (error: unknown) => error instanceof AcceleratorError && error.code === "OPTION_INVALID",
  );
});

test.run();
