import { suite } from "uvu";
import { testFullForAWhile, testFullForEver } from "./on-full-disk.ts";

const test = suite("a journal on a disk that is full");

testFullForAWhile(test, "acc launch");
testFullForEver(test, "plain node");

test.run();
