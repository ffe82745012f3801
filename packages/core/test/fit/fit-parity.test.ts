import { suite } from "uvu";
import { testParity } from "./test-fit-parity.ts";

const test = suite("fit of the group");

testParity(test, 2);

test.run();
