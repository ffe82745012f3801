import { suite } from "uvu";
import { testDirectory } from "./test-directory.ts";

const test = suite("the directory of trackers, on one rank and on three");

for (const numProcesses of [1, 3]) testDirectory(test, numProcesses);

test.run();
