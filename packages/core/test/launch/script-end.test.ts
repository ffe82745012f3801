/** How scripts end, and that a replica ends as a process would. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  causeOf,
  runUnawaited,
  testEarlyEnd,
  testRejection,
  testWholeTraining,
} from "./unawaited-main.ts";

const test = suite("the end of a script");

testWholeTraining(test, "return", 1);
for (const way of ["return", "open", "exit"] as const) testWholeTraining(test, way, 2);
testRejection(test, 2);
testEarlyEnd(test, 2);

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

for (const [way, exitCode, message] of [
  ["exit-3", 3, /Replica 1 failed: .*exit code 3/],
  ["exit-code", 7, /Replica \d failed: .*exit code 7/],
  ["unsettled", 13, /Replica 1 failed: .*awaits a promise that can never settle/],
] as const) {
  test(`${way} ends the run with exit code ${exitCode}`, async () => {
    const { error } = await runUnawaited(way, 2);
    assert.is(error?.code, "REPLICA_FAILED");
    assert.is(error?.exitCode, exitCode);
    assert.match(error?.message ?? "", message);
  });
}

test.run();
