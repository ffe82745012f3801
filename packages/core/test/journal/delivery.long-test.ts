import { suite } from "uvu";
import { ALL_FAULTS, testCrash, testFault } from "./test-delivery.ts";

const test = suite("delivery to a service, with all faults of it");

testCrash(test, "plain node");
for (const fault of ALL_FAULTS) testFault(test, fault);

test.run();
