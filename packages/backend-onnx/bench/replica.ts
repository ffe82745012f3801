/** Trains a model for some seconds; returns the median time of a step in ms. */
import { Accelerator, type BackendName } from "@acc/core";
import { median } from "@acc/test-kit/bench/row";
import type * as tf from "@tensorflow/tfjs";
import { MODELS, type ModelName } from "./models.ts";

const WARM_UP = 8;

export default async function script(
  name: ModelName,
  backend: BackendName,
  isCompiled: boolean,
  steps: number,
): Promise<number> {
  const accelerator = new Accelerator({ backend });
  await accelerator.prepare({}); // the backend, before the model makes its variables
  const { variables, inputs, targets, loss, optimizer: make } = MODELS[name]();
  const [, optimizer] = await accelerator.prepare({ variables }, make());
  const step = async (x: tf.Tensor, y: tf.Tensor) => {
    const value = await accelerator.backward(() => loss(x, y));
    optimizer.step();
    optimizer.zeroGrad();
    return value;
  };
  const run = isCompiled ? accelerator.compileStep(step) : step;
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + steps; i++) {
    const started = performance.now();
    const value = await run(inputs, targets);
    await value.data();
    times.push(performance.now() - started);
    value.dispose();
  }
  return median(times.slice(WARM_UP));
}
