import { suite } from "uvu";
import { testTooLarge } from "./test-record-limit.ts";

const test = suite("values for which the journal has no place, under plain node");

testTooLarge(test, "plain node");

test.run();
