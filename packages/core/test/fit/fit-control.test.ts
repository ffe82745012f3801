import { suite } from "@acc/test-kit/suite";
import { testControl, testReports } from "./test-fit-control.ts";

const test = suite("fit of the group: control");

testControl(test, 2);
testReports(test.slow, 2);

test.run();
