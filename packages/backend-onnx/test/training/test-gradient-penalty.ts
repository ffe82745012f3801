import { launch } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { CASES, trainPlainly } from "./fixtures/gradient-penalty.ts";

const script = new URL("./fixtures/gradient-penalty.ts", import.meta.url);
const TOLERANCE = 1e-4;

type Backend = "cpu" | "wasm" | "onnx";
export const BACKENDS: readonly Backend[] = ["cpu", "wasm", "onnx"];

/** Tests that a loss with a gradient inside it trains as in plain tfjs. */
export function testGradientPenalty(test: Test, backend: Backend, numProcesses: number): void {
  test(`trains as plain tfjs does: ${backend}, ${numProcesses} replicas`, async () => {
    const ranks = await launch<Record<string, number[][]>>(script, {
      numProcesses,
      args: [backend],
      timeoutMs: 60_000,
    });
    await tf.setBackend("cpu");
    for (const name of Object.keys(CASES) as (keyof typeof CASES)[]) {
      const expected = trainPlainly(name);
      const [first] = ranks.map((outcomes) => outcomes[name]);
      for (const outcomes of ranks) assert.equal(outcomes[name], first, `${name}: ranks differ`);
      const difference = Math.max(
        ...expected.flatMap((values, i) =>
          values.map((value, j) => Math.abs(value - (first?.[i]?.[j] ?? Number.NaN))),
        ),
      );
      assert.ok(difference < TOLERANCE, `${name}: ${difference} apart`);
    }
  });
}
