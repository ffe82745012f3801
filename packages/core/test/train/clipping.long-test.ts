import { suite } from "uvu";
import { testClipping } from "./test-clipping.ts";

const test = suite("clipping of gradients on one, three and four replicas");

for (const numProcesses of [1, 3, 4]) testClipping(test, numProcesses);

test.run();
