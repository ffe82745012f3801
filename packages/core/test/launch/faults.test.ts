import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/errors.ts";
import { launch } from "../../src/launch/launch.ts";
import { testDeath } from "./dying-replica.ts";
import { watchThreads } from "./watch-threads.ts";

const test = suite("a replica that dies");
const threads = watchThreads();
const LIMIT_MS = 60_000;

// The long tests have every collective, every moment, and all calls of trackers.
testDeath(test, "gather", "inside");
testDeath(test.slow, "loader");
testDeath(test.slow, "log", undefined, 0);

test("by termination from outside, while it waits in a collective, ends the run, named", async () => {
  const known = threads.all.length;
  const patient = new URL("./fixtures/patient.ts", import.meta.url);
  const waiting = new Int32Array(new SharedArrayBuffer(4));
  const run = launch(patient, { numProcesses: 2, args: [waiting] }).then(
    () => undefined,
    (error: AcceleratorError) => error,
  );
  const limit = Date.now() + LIMIT_MS;
  while (waiting[0] === 0 && Date.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 100)); // the time that rank 0 needs from its note to the barrier
  await threads.all[known]?.terminate();
  const error = await run;
  assert.is(error?.rank, 0, error?.message);
  assert.is(threads.alive.size, 0);
});

test.run();
