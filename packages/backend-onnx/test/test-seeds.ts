import { launch } from "@acc/core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { Draws } from "../../core/test/random/fixtures/draw-everything.ts";

const SCRIPT = new URL("./fixtures/draw-everything.ts", import.meta.url);

const draw = (numProcesses: number, backend: "onnx" | "cpu" = "onnx") =>
  launch<Draws>(SCRIPT, { args: [backend, 7], numProcesses, timeoutMs: 60_000 });

export function testAlike(test: Test): void {
  test("draws alike on all replicas, and for each rank where that is asked for", async () => {
    const [rank0, rank1] = (await draw(2)) as [Draws, Draws];
    assert.equal(rank1.common, rank0.common);
    for (const [name, values] of Object.entries(rank0.own)) {
      assert.not.equal(rank1.own[name], values, name);
    }
  });
}

export function testTwoRuns(test: Test): void {
  test("draws the same in every run", async () => {
    assert.equal(await draw(2), await draw(2));
  });
}

export function testSamples(test: Test): void {
  test("reads samples as cpu does", async () => {
    const [onnx, cpu] = [await draw(1), await draw(1, "cpu")];
    assert.equal(onnx[0]?.read, cpu[0]?.read);
  });
}
