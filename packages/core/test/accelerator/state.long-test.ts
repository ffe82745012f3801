import { suite } from "uvu";
import { testLoops } from "./test-state.ts";

const test = suite("loops of one replica, and of three");

for (const numProcesses of [1, 3]) testLoops(test, numProcesses);

test.run();
