/** A script is told, once, of what it does without any effect. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorError } from "../../src/index.ts";
import { warningsOf } from "./warnings-of.ts";

const test = suite("messages about what does nothing");
const run = promisify(execFile);
const registerTs = fileURLToPath(new URL("../../src/register-ts.mjs", import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

function regularized() {
  const kernelRegularizer = tf.regularizers.l2({ l2: 0.5 });
  const layer = tf.layers.dense({ units: 1, inputShape: [2], kernelRegularizer });
  const model = tf.sequential({ layers: [layer] });
  model.setWeights([tf.tensor2d([1, 2], [2, 1]), tf.tensor1d([0])]);
  return { model, loss: () => tf.sum(model.apply(tf.ones([1, 2])) as tf.Tensor) as tf.Scalar };
}

test("regularizers that the loss leaves out are named once; lossOf adds them", async () => {
  const { model, loss } = regularized();
  const accelerator = new Accelerator();
  await accelerator.prepare({ parts: [model] }, tf.train.sgd(1));
  const warnings = await warningsOf(async () => {
    for (let i = 0; i < 3; i++) (await accelerator.backward(loss)).dispose();
  });
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", /regularizers.*accelerator\.lossOf\(model, loss\)/);
  for (const wrong of [loss, tf.ones([2]), 1, undefined]) {
    const call = () => accelerator.lossOf(model, wrong as tf.Scalar);
    assert.throws(call, (error: AcceleratorError) => error.code === "LOSS_INVALID");
  }
});

test("nothing is said where lossOf or the script adds them", async () => {
  for (const isOurs of [true, false]) {
    const { model, loss } = regularized();
    const accelerator = new Accelerator();
    await accelerator.prepare(model, tf.train.sgd(1));
    const sum = () => {
      if (isOurs) return accelerator.lossOf(model, loss());
      return tf.addN([loss(), ...model.calculateLosses()]) as tf.Scalar;
    };
    const warnings = await warningsOf(async () => {
      const total = await accelerator.backward(sum);
      assert.is(total.dataSync()[0], 3 + 0.5 * (1 + 4));
      const kernel = model.trainableWeights[0]?.read() as tf.Variable;
      assert.equal([...(accelerator.gradientOf(kernel)?.dataSync() ?? [])], [2, 3]);
    });
    assert.equal(warnings, []);
  }
});

test.slow(
  "a backend that the script has chosen but the accelerator does not use is named",
  async () => {
    const stderrOf = async (mode: string, name = "set-backend.ts") => {
      const { stderr } = await run(
        process.execPath,
        ["--import", registerTs, fixture(name), mode],
        {
          timeout: 120_000,
        },
      );
      return stderr;
    };
    assert.match(await stderrOf("cpu"), /chose the backend "cpu".*backend: "cpu"/);
    assert.not.match(await stderrOf("said"), /chose the backend/);
    assert.not.match(await stderrOf("none"), /chose the backend/);
    const launched = await stderrOf("cpu", "set-backend-on-two.ts");
    assert.is(launched.split('chose the backend "cpu"').length - 1, 1, "by one of the replicas");
    assert.not.match(launched, /has made no Accelerator/);
  },
);

test.run();
