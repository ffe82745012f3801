/** How scripts end, and that a replica ends as a process would; all ways, on one to three replicas, are long tests. */
import { suite } from "uvu";
import { testEarlyEnd, testExitCode, testRejection, testWholeTraining } from "./unawaited-main.ts";

const test = suite("the end of a script");

testWholeTraining(test, "return", 2);
testRejection(test, 1);
testEarlyEnd(test, 2);
testExitCode(test, "unsettled", 2);

test.run();
