import { suite } from "uvu";
import { testCheck } from "./test-test-command.ts";

const test = suite("acc test of one replica, and of three");

for (const count of [1, 3]) testCheck(test, count);

test.run();
