/** Trains a model in the loop of the README; returns the median time of a step in ms. */

import { median } from "@acc/test-kit/bench/row";
import type * as tf from "@tensorflow/tfjs";
import { Accelerator, type BackendName, DataLoader } from "../../src/index.ts";
import { MODELS, type ModelName } from "./models.ts";

const BATCHES = 8;
const WARM_UP = 5;

export default async function script(
  modelName: ModelName,
  steps: number,
  backend: BackendName,
): Promise<number> {
  const accelerator = new Accelerator({ backend });
  const model = MODELS[modelName]();
  const rows = BATCHES * model.batchSize * accelerator.numProcesses;
  const data = [model.inputs(rows), model.targets(rows)] as const;
  const [, optimizer, loader] = await accelerator.prepare(
    model.variables,
    model.optimizer(),
    new DataLoader<[tf.Tensor, tf.Tensor]>(data, { batchSize: model.batchSize }),
  );
  const times: number[] = [];
  while (times.length < steps + WARM_UP) {
    let started = performance.now();
    for await (const [inputs, targets] of loader) {
      await accelerator.backward(model.loss(inputs, targets));
      optimizer.step();
      optimizer.zeroGrad();
      times.push(performance.now() - started);
      started = performance.now();
    }
  }
  return median(times.slice(WARM_UP));
}
