import { suite } from "uvu";
import { testDifferences } from "./test-differences.ts";

const test = suite("values that differ");

testDifferences(test, 3);

test.run();
