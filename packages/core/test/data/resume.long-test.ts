import { suite } from "uvu";
import { firstLives, LIVES } from "./resume-lives.ts";
import { testAsManyReplicas, testOtherReplicas, testReads } from "./test-resume.ts";

const test = suite("all loaders go on where they stopped, on real replicas");
const NAMES = Object.keys(LIVES);
const PLACES = ["top", "end"] as const;
const first = firstLives(NAMES, PLACES);

for (const at of PLACES) testAsManyReplicas(test, NAMES, at, first);
for (const worldSize of [1, 3]) testOtherReplicas(test, NAMES, worldSize, first);
testReads(test, first);

test.run();
