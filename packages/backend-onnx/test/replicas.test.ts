import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { launch } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import "../src/index.ts";
import type { Outcome } from "./fixtures/train-images.ts";

const test = suite("replicas and threads");

const script = new URL("./fixtures/train-images.ts", import.meta.url);
const TIMEOUT_MS = 60_000;
const TOLERANCE = 1e-4;
const NUM_THREADS = 7;
/** What the garbage collector may leave lying about; sessions and libraries would be several times more. */
const SLACK_MIB = 80;

const train = (backend: "auto" | "onnx" | "cpu", numProcesses: number) =>
  launch<Outcome>(script, { args: [backend], numProcesses, timeoutMs: TIMEOUT_MS });

test("two replicas train as on cpu, in step", async () => {
  const [first, second] = (await train("onnx", 2)) as [Outcome, Outcome];
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
  const [outcome] = (await train("auto", 1)) as [Outcome];
  assert.is(outcome.device, "onnx");
  const { runs, compiles, losses } = outcome;
  console.log(`${losses.length} steps: ${runs} graphs run, ${compiles} compiled`);
  assert.ok(runs <= losses.length + 8, `${runs} graphs run in ${losses.length} steps`);
  assert.ok(compiles <= 8, `${compiles} graphs compiled`);
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

const worker = (size: number, endless: boolean) =>
  new Worker(new URL("./fixtures/endless-worker.ts", import.meta.url), {
    workerData: { size, endless },
  });

test("a thread that is terminated in the middle of a graph takes nobody with it", async () => {
  await tf.setBackend("onnx");
  for (let i = 0; i < 2; i++) {
    const victim = worker(600, true);
    await once(victim, "message");
    await new Promise((resolve) => setTimeout(resolve, 5 * i));
    await victim.terminate();
    assert.equal([...tf.add([1, 2], 3).dataSync()], [4, 5]);
  }
});

test("threads that exit release their sessions", async () => {
  const grown: number[] = [];
  for (let i = 0; i < NUM_THREADS; i++) {
    const thread = worker(200, false);
    await once(thread, "exit");
    grown.push(process.memoryUsage.rss() / 2 ** 20);
  }
  const growth = (grown.at(-1) as number) - (grown[1] as number);
  assert.ok(growth < SLACK_MIB, `${NUM_THREADS - 2} threads left ${growth.toFixed(0)} MiB`);
  console.log(`${NUM_THREADS - 2} threads left ${growth.toFixed(0)} MiB`);
});

test.run();
