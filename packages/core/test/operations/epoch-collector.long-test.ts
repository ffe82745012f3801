import { suite } from "uvu";
import { testRefusals } from "./test-epoch-collector.ts";

const test = suite("epoch collector of one replica, and of two");

for (const numProcesses of [1, 2]) testRefusals(test, numProcesses);

test.run();
