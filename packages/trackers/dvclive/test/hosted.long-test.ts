import { suite } from "uvu";
import { testKill, testWholeRun } from "./test-hosted.ts";

const test = suite("DVCLive through the accelerator, by itself and killed at other moments");

testWholeRun(test, "by itself");
for (const delay of [0, 150]) testKill(test, delay);

test.run();
