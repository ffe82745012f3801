import { suite } from "uvu";
import { testControl, testReports } from "./test-fit-control.ts";

const test = suite("fit of the group: control");

for (const numProcesses of [1, 2]) testControl(test, numProcesses);
testReports(test, 2);

test.run();
