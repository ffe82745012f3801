import { suite } from "uvu";
import { checkRepetition } from "./check-examples.ts";

const test = suite("examples on two, twice");

for (const folder of ["", "by-feature"] as const) checkRepetition(test, folder, 2);

test.run();
