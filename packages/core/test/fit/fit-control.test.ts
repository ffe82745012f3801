import { suite } from "uvu";
import { testControl, testReports } from "./test-fit-control.ts";

const test = suite("fit of the group: control");

testControl(test, 2);
testReports(test, 2);

test.run();
