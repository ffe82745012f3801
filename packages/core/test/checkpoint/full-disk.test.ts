import { suite } from "uvu";
import { testFullForAWhile } from "./on-full-disk.ts";

const test = suite("a launched run whose disk is full");

testFullForAWhile(test, 1);

test.run();
