import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorError, DataLoader } from "../../src/index.ts";

const test = suite("tensors of a step that is over");

for (const backend of ["cpu", "wasm"] as const) {
  test(`say why they are gone, and what to do: ${backend}`, async () => {
    const accelerator = new Accelerator({ backend });
    const w = tf.variable(tf.scalar(1));
    const [, loader] = await accelerator.prepare({ w }, new DataLoader<tf.Tensor>([1, 2, 3]));
    // What everybody writes who comes from Accelerate: total_loss += loss.detach()
    const uses: ((total: tf.Tensor, loss: tf.Tensor) => unknown)[] = [
      (total, loss) => total.add(loss),
      (total, loss) => tf.add(loss, total),
      (total, loss) => tf.stack([loss, total]),
      (total, loss) => tf.addN([loss, total]),
      (total) => total.dataSync(),
      (total) => tf.sum(total),
      (total) => accelerator.backward(total as tf.Scalar),
    ];
    for (const use of uses) {
      let total: tf.Tensor = tf.scalar(0);
      let found: AcceleratorError | undefined;
      for await (const x of loader) {
        const loss = tf.sum(tf.mul(w, x));
        try {
          if (found === undefined && total.isDisposed) await use(total, loss);
        } catch (error) {
          found = error as AcceleratorError;
        }
        total = loss;
      }
      const { code, message } = found ?? {};
      assert.ok(code === "TENSOR_DISPOSED" || code === "LOSS_INVALID", `${use}: ${found?.stack}`);
      if (code === "TENSOR_DISPOSED") assert.match(message ?? "", /accelerator\.keep\(tensor\)/);
    }
  });
}

test("leave other errors of tfjs as they are", () => {
  assert.throws(
    () => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])),
    (error: Error) => error.message.includes("inner shapes"),
  );
  const kept = tf.ones([2]);
  const view = kept.reshape([1, 2]);
  kept.dispose();
  assert.is(view.sum().dataSync()[0], 2);
});

test.run();
