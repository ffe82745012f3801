/** How scripts end, on one replica and on three. */
import { suite } from "uvu";
import { testEarlyEnd, testRejection, testWholeTraining } from "./unawaited-main.ts";

const test = suite("the end of a script, of one replica and of three");

for (const numProcesses of [1, 3]) {
  for (const way of ["return", "open", "exit"] as const) testWholeTraining(test, way, numProcesses);
  testRejection(test, numProcesses);
}
testEarlyEnd(test, 3);

test.run();
