import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";

const script = new URL("./fixtures/train-model.ts", import.meta.url);
const TOLERANCE = 1e-5;

type Case = readonly [model: string, optimizer: string];
export const ALL_CASES: readonly Case[] = ["mlp", "cnn"].flatMap((model) =>
  ["sgd", "momentum", "adam"].map((optimizer) => [model, optimizer] as const),
);

/** Tests that replicas learn what one replica learns, for each of these numbers of replicas. */
export function testParity(test: Test, counts: readonly number[], cases: readonly Case[]): void {
  const calls = Object.fromEntries([1, ...counts].map((count) => [count, cases]));
  const trainOn = sharedLaunches<Float32Array[]>(script, calls);
  for (const [model, optimizer] of cases) {
    test(`${counts.join(", ")} replicas of a ${model} with ${optimizer} learn what one learns`, async () => {
      const [alone = []] = await trainOn(1, model, optimizer);
      assert.ok(alone.length > 0);
      for (const numProcesses of counts) {
        const ranks = await trainOn(numProcesses, model, optimizer);
        assert.is(ranks.length, numProcesses);
        for (const weights of ranks) assert.equal(weights, ranks[0], "bit-equal between ranks");
        const difference = Math.max(...alone.map((weight, i) => distance(weight, ranks[0]?.[i])));
        assert.ok(difference <= TOLERANCE, `${numProcesses} replicas differ by ${difference}`);
      }
      assert.ok(alone.every((weight) => weight.every(Number.isFinite)));
    });
  }
}

function distance(a: Float32Array, b: Float32Array | undefined): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b?.[i] ?? Number.NaN))));
}
