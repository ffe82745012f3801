import { suite } from "uvu";
import { testPhases } from "./test-profile.ts";

const test = suite("profile of one rank, and of three");

for (const worldSize of [1, 3]) testPhases(test, worldSize);

test.run();
