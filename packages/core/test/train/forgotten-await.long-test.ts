import { suite } from "uvu";
import { testSameNumbers } from "./test-forgotten-await.ts";

const test = suite("a backward that is not awaited, on one replica and on three");

for (const numProcesses of [1, 3]) testSameNumbers(test, numProcesses);

test.run();
