import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { failureOf, testFailure } from "./failing-replica.ts";
import { testResults } from "./test-launch.ts";
import { watchThreads } from "./watch-threads.ts";

const test = suite("launch");
const threads = watchThreads();
const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);

testResults(test, 2);
testFailure(test, "memory", "after");

test("makes all ranks throw, both calls named, when one gathers while another reduces", async () => {
  const results = await launch<string>(fixture("disagree.ts"), { numProcesses: 2 });
  for (const result of results) {
    assert.match(result, /^COLLECTIVE_MISMATCH/);
    assert.match(result, /gather/);
    assert.match(result, /reduce/);
    assert.match(result, /rank 0/);
  }
});

test("names the file of a syntax error", async () => {
  const script = join(mkdtempSync(join(tmpdir(), "acc-")), "broken.ts");
  writeFileSync(script, "export const answer: number = ;\n");
  const error = await failureOf(launch(script, { numProcesses: 1 }));
  assert.match(error.message, "broken.ts");
});

test("refuses bad options before a thread is started", async () => {
  const known = threads.all.length;
  for (const numProcesses of [0, -1, Number.NaN, 1.5, 1000]) {
    const error = await failureOf(launch(fixture("results.ts"), { numProcesses }));
    assert.is(error.code, "NUM_PROCESSES_INVALID");
    assert.match(error.message, String(numProcesses));
  }
  const missing = await failureOf(launch("no/such/script.ts"));
  assert.is(missing.code, "SCRIPT_NOT_FOUND");
  assert.match(missing.message, "no/such/script.ts");
  assert.is(threads.all.length, known);
});

test("refuses to start replicas from a replica: a script that launches itself ends at once", async () => {
  const known = threads.all.length;
  const error = await failureOf(launch(fixture("launch-itself.mjs"), { numProcesses: 1 }));
  assert.is(error.code, "LAUNCH_IN_PROGRESS");
  assert.match(error.message, "a replica starts no replicas");
  assert.is(threads.all.length, known + 1);
});

test("ends the run when its signal is aborted", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1500);
  const { signal } = controller;
  const error = await failureOf(launch(fixture("patient.ts"), { numProcesses: 2, signal }));
  assert.is(error.code, "INTERRUPTED");
  assert.is(threads.alive.size, 0);
});

test("ends with COLLECTIVE_TIMEOUT naming the rank that stayed away", async () => {
  const error = await failureOf(launch(fixture("patient.ts"), { numProcesses: 2, timeoutMs: 300 }));
  assert.is(error.code, "COLLECTIVE_TIMEOUT");
  assert.match(error.message, /rank 1/);
  assert.is(threads.alive.size, 0);
});

test.run();
