import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { AcceleratorError } from "../../src/errors.ts";
import { launch } from "../../src/launch/launch.ts";
import type { Moment } from "./fixtures/die.ts";
import { watchThreads } from "./watch-threads.ts";

const script = new URL("./fixtures/fail.ts", import.meta.url);
const threads = watchThreads();
/** From the failure of a replica to the rejection. A run that hangs would wait for its time limit, half an hour. */
const LIMIT_MS = 15_000;

export async function failureOf(promise: Promise<unknown>): Promise<AcceleratorError> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, AcceleratorError);
    return error as AcceleratorError;
  }
  throw new Error("launch should have rejected");
}

/** Tests that a replica's failure, before, in or after a collective, ends the run soon and is named. */
export function testFailure(test: Test, way: "throw" | "exit" | "memory", moment: Moment): void {
  test(`rejects soon after a replica's ${way} ${moment} a collective, naming it`, async () => {
    const failedAt = new Float64Array(new SharedArrayBuffer(8));
    const resourceLimits = { maxOldGenerationSizeMb: 64 };
    const args = [way, moment, failedAt];
    const error = await failureOf(launch(script, { numProcesses: 2, args, resourceLimits }));
    const waitedMs = Date.now() - (failedAt[0] ?? 0);
    assert.ok(waitedMs < LIMIT_MS, `${waitedMs} ms`);
    assert.is(error.rank, 1, error.message);
    assert.match(error.message, /Replica 1 failed/);
    if (way === "throw") {
      assert.match((error.cause as Error).stack ?? "", /fail\.ts/);
      assert.match(error.message, "the failure under test");
    }
    if (way === "memory")
      assert.match(error.message, "memory limit: JS heap out of memory. Use smaller batches");
    assert.is(threads.alive.size, 0);
  });
}
