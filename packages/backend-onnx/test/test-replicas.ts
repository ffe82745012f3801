import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { launch } from "@acc/core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";

export const TIMEOUT_MS = 60_000;
/** What the garbage collector may not have freed yet; sessions and libraries would be several times more. */
const SLACK_MIB = 80;

/** Tests that a rank that computes more between the steps has the same weights, to the bit. */
export function testUnevenRanks(test: Test, optimizer: string): void {
  const uneven = new URL("./fixtures/evaluate-on-rank-0.ts", import.meta.url);
  test(`a rank that computes more between the steps has the same weights: ${optimizer}`, async () => {
    const options = { args: [optimizer], numProcesses: 2, timeoutMs: TIMEOUT_MS };
    const [first, second] = await launch<number[]>(uneven, options);
    assert.is(first?.length, 20);
    assert.equal(first, second, optimizer);
  });
}

/** A thread that computes on the onnx backend with matrices of this size, once or without an end. */
export const worker = (size: number, endless: boolean) =>
  new Worker(new URL("./fixtures/endless-worker.ts", import.meta.url), {
    workerData: { size, endless },
  });

/** Tests that threads that exit release their sessions. */
export function testRelease(test: Test, numThreads: number): void {
  test(`${numThreads} threads that exit release their sessions`, async () => {
    const grown: number[] = [];
    for (let i = 0; i < numThreads; i++) {
      const thread = worker(200, false);
      await once(thread, "exit");
      grown.push(process.memoryUsage.rss() / 2 ** 20);
    }
    const growth = (grown.at(-1) as number) - (grown[1] as number);
    assert.ok(growth < SLACK_MIB, `${numThreads - 2} threads left ${growth.toFixed(0)} MiB`);
    console.log(`${numThreads - 2} threads left ${growth.toFixed(0)} MiB`);
  });
}
