import { suite } from "uvu";
import { testFullForAWhile, testSignal } from "./on-full-disk.ts";

const test = suite("a launched run whose disk is full, in other ways");

testFullForAWhile(test, 3);
for (const replicas of [1, 2]) testSignal(test, replicas);

test.run();
