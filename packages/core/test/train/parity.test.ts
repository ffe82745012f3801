import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/index.ts";

const test = suite("data parallelism");
const script = new URL("./fixtures/train-model.ts", import.meta.url);
const TOLERANCE = 1e-5;

for (const model of ["mlp", "cnn"]) {
  for (const optimizer of ["sgd", "momentum", "adam"]) {
    test(`replicas of a ${model} with ${optimizer} learn what one replica learns`, async () => {
      const args = [model, optimizer];
      const [alone = []] = await launch<Float32Array[]>(script, { numProcesses: 1, args });
      for (const numProcesses of [2, 3, 4]) {
        const ranks = await launch<Float32Array[]>(script, { numProcesses, args });
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

test.run();
