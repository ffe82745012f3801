import { suite } from "uvu";
import { testControl, testReports } from "./test-fit-control.ts";

const test = suite("fit of the group: control of one and of three replicas, reports of one");

for (const numProcesses of [1, 3]) testControl(test, numProcesses);
testReports(test, 1);

test.run();
