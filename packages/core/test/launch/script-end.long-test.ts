/** How scripts end in all ways, on one replica, on two and on three. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  causeOf,
  runUnawaited,
  testEarlyEnd,
  testExitCode,
  testRejection,
  testWholeTraining,
} from "./unawaited-main.ts";

const test = suite("the end of a script, in all ways");

for (const way of ["open", "exit"] as const) testWholeTraining(test, way, 2);
for (const way of ["exit-3", "exit-code"] as const) testExitCode(test, way, 2);
for (const numProcesses of [1, 3]) {
  for (const way of ["return", "open", "exit"] as const) testWholeTraining(test, way, numProcesses);
}
for (const numProcesses of [2, 3]) testRejection(test, numProcesses);
testEarlyEnd(test, 3);

test("an exception in a timer ends the run with its stack", async () => {
  const { error } = await runUnawaited("timer", 2);
  assert.is(error?.code, "REPLICA_FAILED");
  assert.match(error?.message ?? "", "thrown in a timer");
  assert.match(causeOf(error)?.stack ?? "", /unawaited\.ts/);
});

test("an exception that a listener of the script handles ends nothing", async () => {
  const { reports, error } = await runUnawaited("handled", 2);
  assert.is(error, undefined, error?.message);
  for (const report of reports) assert.is(report.error, "the script handles it");
});

test.run();
