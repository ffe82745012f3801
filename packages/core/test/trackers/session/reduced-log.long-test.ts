import { suite } from "uvu";
import { testReducedLog } from "./reduced-log.ts";

const test = suite("log with reduce, whichever rank is late");

testReducedLog(test, [2, 0, false]);
testReducedLog(test, [3, 0, true]);
testReducedLog(test, [3, 2, false]);

test.run();
