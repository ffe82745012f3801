import { suite } from "uvu";
import { testFullForAWhile, testSignal } from "./on-full-disk.ts";

const test = suite("a launched run whose disk is full, in other ways");

testFullForAWhile(test, 2);
for (const replicas of [1, 3]) testSignal(test, replicas);

test.run();
