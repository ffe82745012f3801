import { suite } from "uvu";
import { testFullForAWhile, testSignal } from "./on-full-disk.ts";

const test = suite("a launched run whose disk is full, on other numbers of replicas");

for (const replicas of [1, 3]) {
  testFullForAWhile(test, replicas);
  testSignal(test, replicas);
}

test.run();
