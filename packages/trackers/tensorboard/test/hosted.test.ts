import { suite } from "uvu";
import { testFailure, testWholeRun } from "./test-hosted.ts";

const test = suite("TensorBoard on the host thread");

testWholeRun(test, "forget");
testFailure(test);

test.run();
