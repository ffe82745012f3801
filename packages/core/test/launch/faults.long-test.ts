/** A replica dies before, in and after every collective; a replica fails in every way. */
import { suite } from "uvu";
import { testDeath } from "./dying-replica.ts";
import { testFailure } from "./failing-replica.ts";
import { COLLECTIVE_NAMES } from "./fixtures/die.ts";

const test = suite("a replica that dies around any collective");
const MOMENTS = ["before", "inside", "after"] as const;

for (const name of COLLECTIVE_NAMES) {
  for (const moment of MOMENTS) testDeath(test, name, moment);
}
for (const place of ["initTrackers", "endTraining"]) testDeath(test, place, undefined, 0);
for (const way of ["throw", "exit", "memory"] as const) {
  for (const moment of MOMENTS) testFailure(test, way, moment);
}

test.run();
