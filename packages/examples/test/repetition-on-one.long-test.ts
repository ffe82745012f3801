import { suite } from "uvu";
import { checkRepetition } from "./check-examples.ts";

const test = suite("examples on one, twice");

for (const folder of ["", "by-feature"] as const) checkRepetition(test, folder, undefined);

test.run();
