import { suite } from "uvu";
import { testAnyWindows } from "./test-any-windows.ts";

const test = suite("accumulation windows of any sizes");

for (const numProcesses of [1, 2, 3, 4]) testAnyWindows(test, numProcesses);

test.run();
