import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/errors.ts";
import { launch } from "../../src/launch/launch.ts";
import type { Moment } from "./fixtures/die.ts";
import { watchThreads } from "./watch-threads.ts";

const script = new URL("./fixtures/die.ts", import.meta.url);
const LIMIT_MS = 60_000;
const threads = watchThreads();

/** Tests that a replica's death, before, in or after something that replicas do together, ends the run and is named. */
export function testDeath(test: Test, place: string, moment?: Moment, rank = 1): void {
  test(`${moment ?? "in"} ${place} ends the run, named`, async () => {
    const error = await failureOf(place, moment);
    assert.is(error.code, "REPLICA_FAILED", error.message);
    assert.is(error.rank, rank, error.message);
    assert.is(threads.alive.size, 0);
  });
}

/** Launches the fixture and returns the error, within a limit. */
async function failureOf(place: string, moment: Moment | undefined): Promise<AcceleratorError> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), LIMIT_MS);
  const args = [place, moment];
  const options = { numProcesses: 2, args, signal: controller.signal };
  try {
    await launch(script, options);
  } catch (error) {
    return error as AcceleratorError;
  } finally {
    clearTimeout(timer);
  }
  throw new Error("launch should have rejected");
}
