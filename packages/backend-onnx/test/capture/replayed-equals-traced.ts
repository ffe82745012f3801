import { launch } from "@acc/core";
import * as assert from "uvu/assert";
import type { ModelName, Outcome, Variant } from "./fixtures/train.ts";

export const VARIANTS: readonly Variant[] = [
  "plain",
  "dropout",
  "scheduler",
  "accumulation",
  "accumulation outside",
  "accumulation, every batch exchanged",
  "clipping",
  "clipping at the end of windows",
  "items of windows",
  "gradients in 16 bits",
];
const MODELS: readonly ModelName[] = ["mlp", "cnn", "transformer", "lstm"];
const script = new URL("./fixtures/train.ts", import.meta.url);

/** Trains every model with and without `compileStep`, and compares all losses and weights bit for bit. */
export async function replayedEqualsTraced(numProcesses: number, variant: Variant): Promise<void> {
  const train = (isCompiled: boolean) =>
    launch<Record<ModelName, Outcome>>(script, { numProcesses, args: [variant, isCompiled] });
  const traced = await train(false);
  const replayed = await train(true);
  for (const name of MODELS) {
    for (const [rank, outcomes] of replayed.entries()) {
      const { losses, weights, lateRecords, lateTensors } = outcomes[name];
      const label = `${name}, rank ${rank}`;
      assert.equal(losses, traced[rank]?.[name].losses, `${label}: losses`);
      assert.equal(weights, traced[rank]?.[name].weights, `${label}: weights`);
      assert.equal(weights, replayed[0]?.[name].weights, `${label}: weights of the replicas`);
      assert.ok(losses.every(Number.isFinite), label);
      assert.ok(new Set(losses).size > losses.length / 2, `${label}: the weights move`);
      assert.is(lateRecords, 0, `${label}: kernels of replayed steps`);
      assert.is(lateTensors, 0, `${label}: tensors that stay`);
    }
  }
}
