import { suite } from "uvu";
import { testTrigger } from "./test-trigger.ts";

const test = suite("triggers and random states of one replica and of two");

for (const numProcesses of [1, 2]) testTrigger(test, numProcesses);

test.run();
