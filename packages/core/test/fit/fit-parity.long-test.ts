import { suite } from "uvu";
import { testParity } from "./test-fit-parity.ts";

const test = suite("fit of the group, on three replicas");

testParity(test, 3);

test.run();
