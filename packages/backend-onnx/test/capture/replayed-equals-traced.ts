import { launch } from "@acc/core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { ModelName, Outcome, Variant } from "./fixtures/train.ts";

const VARIANTS: readonly Variant[] = [
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

/**
 * Tests for each variant that every model ends with the same losses and weights, bit for bit, with and without `compileStep`.
 * The variants share two launches: most of the time of a launch is the start of its threads.
 */
export function testReplays(
  test: Test,
  numProcesses: number,
  variants: readonly Variant[] = VARIANTS,
): void {
  const train = (isCompiled: boolean) =>
    launch<Record<ModelName, Outcome>[]>(script, { numProcesses, args: [variants, isCompiled] });
  let ranks: Record<"traced" | "replayed", Record<ModelName, Outcome>[][]>;
  test.before(async () => {
    ranks = { traced: await train(false), replayed: await train(true) };
  });
  for (const [i, variant] of variants.entries()) {
    test(`replays what was traced, bit for bit: ${variant}`, () => {
      const of = (all: Record<ModelName, Outcome>[][]) =>
        all.map((outcomes) => outcomes[i] as Record<ModelName, Outcome>);
      compare(of(ranks.traced), of(ranks.replayed));
    });
  }
}

function compare(
  traced: readonly Record<ModelName, Outcome>[],
  replayed: readonly Record<ModelName, Outcome>[],
): void {
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
