import { suite } from "uvu";
import { testControl, testReports } from "./test-fit-control.ts";

const test = suite("fit of the group: control of three replicas, reports of one");

testControl(test, 3);
testReports(test, 1);

test.run();
