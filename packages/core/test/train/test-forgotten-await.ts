import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../launch/launch-calls.ts";

const script = new URL("./fixtures/forget-await.ts", import.meta.url);

export function testSameNumbers(test: Test, numProcesses: number): void {
  test(`computes the same as one that is, on cpu and wasm with ${numProcesses} replicas`, async () => {
    const calls = ["cpu", "wasm"].flatMap((backend) => [
      [backend, true],
      [backend, false],
    ]);
    const [cpu = [], cpuForgotten, wasm = [], wasmForgotten] = await launchCalls<number>(
      ...[script, numProcesses, calls],
    );
    for (const [expected, forgotten] of [
      [cpu, cpuForgotten],
      [wasm, wasmForgotten],
    ] as const) {
      assert.is(expected.length, numProcesses);
      assert.ok((expected[0] ?? 0) > 0, "it has learned");
      assert.equal(forgotten, expected);
    }
  });
}
