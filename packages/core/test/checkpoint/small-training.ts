import * as tf from "@tensorflow/tfjs";
import { Accelerator, type AcceleratorOptions } from "../../src/index.ts";

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
