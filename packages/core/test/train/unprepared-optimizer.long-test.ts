import { suite } from "uvu";
import { testRefusal } from "./test-unprepared-optimizer.ts";

const test = suite("an optimizer that was never prepared, on more replicas");

for (const numProcesses of [2, 3]) testRefusal(test, numProcesses, "cpu");

test.run();
