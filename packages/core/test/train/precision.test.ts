import { suite } from "uvu";
import { testPrecision } from "./test-precision.ts";

const test = suite("precision");

testPrecision(test, 2);

test.run();
