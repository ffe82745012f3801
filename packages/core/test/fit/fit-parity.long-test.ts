import { suite } from "uvu";
import { testParity } from "./test-fit-parity.ts";

const test = suite("fit of the group, on three and four replicas");

for (const numProcesses of [3, 4]) testParity(test, numProcesses);

test.run();
