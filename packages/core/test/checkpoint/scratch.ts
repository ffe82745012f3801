import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { Accelerator, AcceleratorError, type AcceleratorOptions } from "../../src/index.ts";

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when the process ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "acc-checkpoint-"));
  folders.push(folder);
  return folder;
}

/** The error that a call rejects with. */
export async function errorOf(call: Promise<unknown> | (() => unknown)): Promise<AcceleratorError> {
  try {
    await (typeof call === "function" ? call() : call);
  } catch (error) {
    assert.instance(error, AcceleratorError);
    return error as AcceleratorError;
  }
  throw new Error("it should have failed");
}

/** A training of one weight, which every test can look at. */
export async function smallTraining({
  options = {},
  optimizer = tf.train.adam(0.1),
  model = { w: tf.variable(tf.tensor1d([1, 2])) },
}: {
  options?: AcceleratorOptions;
  optimizer?: tf.Optimizer;
  model?: Record<string, tf.Variable>;
} = {}) {
  const accelerator = new Accelerator({ backend: "cpu", ...options });
  const [, prepared] = await accelerator.prepare(model, optimizer);
  const variables = Object.values(model);
  const backward = () =>
    accelerator.backward(
      () => tf.addN(variables.map((variable) => tf.sum(tf.square(variable)))) as tf.Scalar,
    );
  const step = () =>
    accelerator.accumulate(model, async () => {
      const loss = await backward();
      prepared.step();
      prepared.zeroGrad();
      loss.dispose();
    });
  const values = () => variables.map((variable) => [...variable.dataSync()]);
  return { accelerator, optimizer: prepared, model, backward, step, values };
}
