import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type AcceleratorError, launch } from "../../src/index.ts";
import { COLLECTIVE_NAMES, type Moment } from "./fixtures/die.ts";
import { watchThreads } from "./watch-threads.ts";

const test = suite("a replica that dies");
const threads = watchThreads();
const script = new URL("./fixtures/die.ts", import.meta.url);
const LIMIT_MS = 20_000;

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

for (const name of COLLECTIVE_NAMES) {
  for (const moment of ["before", "inside", "after"] as const) {
    test(`${moment} ${name} ends the run, named`, async () => {
      const error = await failureOf(name, moment);
      assert.is(error.code, "REPLICA_FAILED", error.message);
      assert.is(error.rank, 1, error.message);
      assert.is(threads.alive.size, 0);
    });
  }
}

for (const [place, rank] of [
  ["loader", 1],
  ["initTrackers", 0],
  ["log", 0],
  ["endTraining", 0],
] as const) {
  test(`in ${place} ends the run, named`, async () => {
    const error = await failureOf(place, undefined);
    assert.is(error.code, "REPLICA_FAILED", error.message);
    assert.is(error.rank, rank, error.message);
    assert.is(threads.alive.size, 0);
  });
}

test("by termination from outside while it waits in a collective itself ends the run, named", async () => {
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
  await new Promise((resolve) => setTimeout(resolve, 100)); // from the note into the barrier
  await threads.all[known]?.terminate();
  const error = await run;
  assert.is(error?.rank, 0, error?.message);
  assert.is(threads.alive.size, 0);
});

test.run();
