import { suite } from "uvu";
import { testPhases } from "./test-profile.ts";

const test = suite("profile of one rank, of three and of four");

for (const worldSize of [1, 3, 4]) testPhases(test, worldSize);

test.run();
