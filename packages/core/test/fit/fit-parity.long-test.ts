import { suite } from "uvu";
import { testParity } from "./test-fit-parity.ts";

const test = suite("fit of the group, on two and on three replicas");

testParity(test, [2, 3]);

test.run();
