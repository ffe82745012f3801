import { suite } from "uvu";
import { testParity } from "./test-parity.ts";

const test = suite("data parallelism");

testParity(test, [4]);

test.run();
