import { suite } from "uvu";
import { testPrecision } from "./test-precision.ts";

const test = suite("precision of one replica, and of three");

for (const numProcesses of [1, 3]) testPrecision(test, numProcesses);

test.run();
