import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { launch } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "./fixtures/train-images.ts";
import { TIMEOUT_MS } from "./test-replicas.ts";

const test = suite("replicas");

const script = new URL("./fixtures/train-images.ts", import.meta.url);
const TOLERANCE = 1e-4;

const train = (backend: "auto" | "cpu", numProcesses: number) =>
  launch<Outcome>(script, { args: [backend], numProcesses, timeoutMs: TIMEOUT_MS });

let trained: Promise<Outcome[]> | undefined;
const trainOnOnnx = () => {
  trained ??= train("auto", 2);
  return trained;
};

test("two replicas train as on cpu, in step", async () => {
  const [first, second] = (await trainOnOnnx()) as [Outcome, Outcome];
  const [cpu] = (await train("cpu", 2)) as [Outcome];
  assert.is(first.device, "onnx");
  assert.equal(second.weights, first.weights);
  for (const key of ["losses", "weights"] as const) {
    for (const [i, value] of cpu[key].entries()) {
      const difference = Math.abs((first[key][i] as number) - value);
      assert.ok(
        difference <= TOLERANCE * Math.max(1, Math.abs(value)),
        `${key} ${i}: ${difference}`,
      );
    }
  }
  assert.is(first.threads, String(Math.max(1, Math.floor(availableParallelism() / 2))));
});

test("auto takes onnx where it is installed, and steps compile once", async () => {
  for (const { device, runs, compiles, losses } of await trainOnOnnx()) {
    assert.is(device, "onnx");
    console.log(`${losses.length} steps: ${runs} graphs run, ${compiles} compiled`);
    assert.ok(runs <= losses.length + 8, `${runs} graphs run in ${losses.length} steps`);
    assert.ok(compiles <= 8, `${compiles} graphs compiled`);
  }
});

test("acc env says which ONNX Runtime is used, and how", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const acc = fileURLToPath(new URL("../../core/bin/acc.mjs", import.meta.url));
  const { stdout } = spawnSync(process.execPath, [acc, "env"], { cwd: root, encoding: "utf8" });
  assert.match(
    stdout,
    /- onnx +works; auto takes it: ONNX Runtime 1\.30\.\d+ through its C interface, /,
  );
});

test.run();
