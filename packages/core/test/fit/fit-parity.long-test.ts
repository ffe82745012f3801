import { suite } from "uvu";
import { testFitParity } from "./test-fit-parity.ts";

const test = suite("fit of four replicas");

testFitParity(test, [4]);

test.run();
