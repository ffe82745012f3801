import { suite } from "uvu";
import { testKill, testWholeRun } from "./test-hosted.ts";

const test = suite("DVCLive through the accelerator");

testWholeRun(test, "launched in two replicas");
testKill(test, 40);

test.run();
