import { suite } from "uvu";
import { ALL_CASES, testParity } from "./test-parity.ts";

const test = suite("data parallelism, all models and optimizers");

testParity(test, [2, 3, 4], ALL_CASES);

test.run();
