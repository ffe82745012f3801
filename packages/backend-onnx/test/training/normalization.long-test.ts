/** Batch normalisation with 1, 2 and 3 replicas, against plain TensorFlow.js on the whole batch. */
import { launch } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Backend, type Outcome, trainPlain, type Weights } from "./fixtures/normalization.ts";

const test = suite("batch normalisation on several replicas");
const script = new URL("./fixtures/normalization.ts", import.meta.url);
const TOLERANCE = 1e-4;
/** Of the first layer, before anything is trained: place of the moving mean among the weights. */
const MOVING_MEAN = 8;

function distance(a: Weights, b: Weights): number {
  const distances = a.flatMap((values, i) => {
    return values.map((value, j) => Math.abs(value - (b[i]?.[j] ?? Number.NaN)));
  });
  return Math.max(...distances);
}

for (const numProcesses of [1, 2, 3]) {
  for (const backend of ["onnx", "wasm", "cpu"] as const satisfies readonly Backend[]) {
    test(`${numProcesses} replicas on ${backend} have the same statistics`, async () => {
      const ranks = await launch<Outcome>(script, { numProcesses, args: [backend] });
      await tf.setBackend("cpu");
      const expected = trainPlain();
      const [first] = ranks as [Outcome];
      for (const outcome of ranks) assert.equal(outcome, first, "bit-equal between ranks");
      assert.equal(first.compiled, first.plain, "replayed as traced");
      const together = distance(first.synchronized, expected);
      assert.ok(together < TOLERANCE, `synchronised: ${together} apart`);
      const apart = distance(first.plain, expected);
      if (numProcesses === 1) assert.ok(apart < TOLERANCE, `${apart} apart`);
      else assert.ok(apart > TOLERANCE, "each replica normalises by its own rows by default");
      const means = distance([first.plain[MOVING_MEAN] ?? []], [expected[MOVING_MEAN] ?? []]);
      assert.ok(means < TOLERANCE, `the moving mean is the one of all rows: ${means} apart`);
    });
  }
}

test.run();
