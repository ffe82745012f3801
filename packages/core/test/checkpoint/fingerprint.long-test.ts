import { suite } from "uvu";
import { testAlike, testChanges, testOtherNumber, testRuns } from "./test-fingerprint.ts";

const test = suite("fingerprints of three replicas");

testAlike(test, 3);
testRuns(test, 3);
testChanges(test, 3);
testOtherNumber(test, 3);

test.run();
