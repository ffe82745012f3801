import { suite } from "uvu";
import { testDifferences } from "./test-differences.ts";

const test = suite("values that differ, of two ranks");

testDifferences(test, 2);

test.run();
