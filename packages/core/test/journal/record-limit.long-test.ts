import { suite } from "uvu";
import { testTooLarge } from "./test-record-limit.ts";

const test = suite("values for which the journal has no place, in a script");

for (const way of ["plain node", "acc launch"] as const) testTooLarge(test, way);

test.run();
