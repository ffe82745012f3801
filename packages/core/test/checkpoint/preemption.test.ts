import { suite } from "uvu";
import { testSigterm } from "./test-sigterm.ts";

const test = suite("a run that is interrupted goes on as if it had not been");

testSigterm(test, "preempted.ts", 1, 120);

test.run();
