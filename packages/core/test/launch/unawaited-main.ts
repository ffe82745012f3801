/** Runs a script whose `main()` nobody awaits, and tests how it ends on any number of replicas. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/errors.ts";
import { launch } from "../../src/launch/launch.ts";
import { watchThreads } from "./watch-threads.ts";

const threads = watchThreads();
const script = new URL("./fixtures/unawaited.ts", import.meta.url);
const LIMIT_MS = 100_000;
const BATCHES = 12;
const EXIT_CODES = {
  "exit-3": [3, /Replica 1 failed: .*exit code 3/],
  "exit-code": [7, /Replica \d failed: .*exit code 7/],
  unsettled: [13, /Replica 1 failed: .*awaits a promise that can never settle/],
} as const;

type Report = { steps: number; logged: number; finished: string; error: string; waitedMs: number };
type Run = { reports: Report[]; results: unknown[]; error: AcceleratorError | undefined };

/** What a rank wrote; undefined for one that was stopped before it could write. */
function readReport(folder: string, rank: number): Report {
  const path = join(folder, `rank-${rank}.json`);
  const nothing = { steps: 0, logged: 0, finished: "", error: "", waitedMs: 0 };
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : nothing;
}

/** Runs the fixture and returns what each rank wrote, and the results or the error. */
export async function runUnawaited(way: string, numProcesses: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "acc-end-"));
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), LIMIT_MS);
  const options = { numProcesses, args: [way, folder], signal: controller.signal };
  let results: unknown[] = [];
  let error: AcceleratorError | undefined;
  try {
    results = await launch(script, options);
  } catch (caught) {
    error = caught as AcceleratorError;
  } finally {
    clearTimeout(timer);
  }
  assert.is(threads.alive.size, 0);
  const reports = Array.from({ length: numProcesses }, (_, rank) => readReport(folder, rank));
  rmSync(folder, { recursive: true });
  return { reports, results, error };
}

export const causeOf = (error: AcceleratorError | undefined): Error | undefined =>
  error?.cause as Error | undefined;

/** Tests that the training is whole, and that the script then ends in a way that is no failure. */
export function testWholeTraining(
  test: Test,
  way: "return" | "open" | "exit",
  numProcesses: number,
): void {
  test(`a main() that nobody awaits trains to its end, then: ${way}, of ${numProcesses}`, async () => {
    const { reports, results, error } = await runUnawaited(way, numProcesses);
    assert.is(error, undefined, error?.message);
    assert.equal(results, new Array(numProcesses).fill(undefined));
    for (const [rank, { steps, logged, finished }] of reports.entries()) {
      assert.is(steps, BATCHES / numProcesses);
      if (rank > 0) continue;
      assert.is(logged, steps);
      assert.is(finished, "success");
    }
  });
}

export function testRejection(test: Test, numProcesses: number): void {
  test(`a rejection that nobody handles ends the run with its stack, of ${numProcesses}`, async () => {
    const { reports, error } = await runUnawaited("reject", numProcesses);
    assert.is(error?.code, "REPLICA_FAILED");
    assert.is(error?.exitCode, 1);
    assert.match(error?.message ?? "", /Replica \d failed: rejected in main/);
    assert.is(causeOf(error)?.name, "TypeError");
    assert.match(causeOf(error)?.stack ?? "", /at .*main.*unawaited\.ts/s);
    if (error?.rank === 0) assert.is(reports[0]?.finished, "failure");
  });
}

export function testEarlyEnd(test: Test, numProcesses: number): void {
  test(`a collective that waits for a rank whose script has ended fails on every other rank, of ${numProcesses}`, async () => {
    const { reports, error } = await runUnawaited("early", numProcesses);
    assert.is(error, undefined, error?.message);
    const last = numProcesses - 1;
    for (const [rank, report] of reports.slice(0, last).entries()) {
      assert.match(report.error, /^COLLECTIVE_RANK_ENDED/);
      // Another one may have ended too, after it had caught its error.
      assert.match(report.error, new RegExp(`script of ranks? (0, )?${last} has ended`));
      assert.match(report.error, `rank ${rank} called gather(float32[3])`);
      assert.ok(report.waitedMs < 2000, `rank ${rank} waited ${report.waitedMs} ms`);
    }
  });
}

/** Tests ways to end whose exit code is that of the script. */
export function testExitCode(test: Test, way: keyof typeof EXIT_CODES, numProcesses: number): void {
  const [exitCode, message] = EXIT_CODES[way];
  test(`${way} ends the run with exit code ${exitCode}, of ${numProcesses}`, async () => {
    const { error } = await runUnawaited(way, numProcesses);
    assert.is(error?.code, "REPLICA_FAILED");
    assert.is(error?.exitCode, exitCode);
    assert.match(error?.message ?? "", message);
  });
}
