/** Who owns which variables, with 1, 2 and 3 replicas, against plain TensorFlow.js on the whole batch. */
import { launch } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Backend, type Outcome, SCENARIOS } from "./fixtures/scenarios.ts";

const test = suite("variables and their optimizers");
const script = new URL("./fixtures/scenarios.ts", import.meta.url);
const TOLERANCE = 1e-5;

for (const numProcesses of [1, 2, 3]) {
  for (const backend of ["onnx", "wasm", "cpu"] as const satisfies readonly Backend[]) {
    test(`${numProcesses} replicas on ${backend} train as plain tfjs does`, async () => {
      const ranks = await launch<Record<string, Outcome>>(script, {
        numProcesses,
        args: [backend],
      });
      await tf.setBackend("cpu");
      for (const [name, { plain }] of Object.entries(SCENARIOS)) {
        const expected = plain();
        const [first = []] = ranks.map((outcomes) => outcomes[name]);
        for (const outcomes of ranks) assert.equal(outcomes[name], first, `${name}: ranks differ`);
        const difference = Math.max(
          ...expected.flatMap((values, i) =>
            values.map((value, j) => Math.abs(value - (first[i]?.[j] ?? Number.NaN))),
          ),
        );
        assert.ok(difference < TOLERANCE, `${name}: ${difference} apart`);
      }
    });
  }
}

test.run();
