import { suite } from "uvu";
import { testTrigger } from "./test-trigger.ts";

const test = suite("triggers and random states");

for (const numProcesses of [1, 3]) testTrigger(test, numProcesses);

test.run();
