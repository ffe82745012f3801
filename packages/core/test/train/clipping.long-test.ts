import { suite } from "uvu";
import { testClipping } from "./test-clipping.ts";

const test = suite("clipping of gradients on one replica, and on three");

for (const numProcesses of [1, 3]) testClipping(test, numProcesses);

test.run();
