import { suite } from "@acc/test-kit/suite";
import { testFullForAWhile, testFullForEver } from "./on-full-disk.ts";

const test = suite("a journal on a disk that is full");

testFullForAWhile(test, "acc launch");
testFullForEver(test.slow, "plain node");

test.run();
