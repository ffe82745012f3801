import { suite } from "uvu";
import { testContexts } from "./test-contexts.ts";

const test = suite("errors, early ends and changed settings, other numbers of replicas");

for (const numProcesses of [1, 3, 4]) testContexts(test, numProcesses);

test.run();
