import { suite } from "uvu";
import { testFullForAWhile, testFullForEver, testWaitingLog } from "./on-full-disk.ts";

const test = suite("a journal on a disk that is full, in all ways");

for (const way of ["plain node", "three replicas"] as const) testFullForAWhile(test, way);
for (const way of ["plain node", "acc launch"] as const) testWaitingLog(test, way);
testFullForEver(test, "acc launch");

test.run();
