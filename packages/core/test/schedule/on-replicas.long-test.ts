import { suite } from "uvu";
import { testOnReplicas } from "./test-on-replicas.ts";

const test = suite("schedules on two replicas, and on four");

testOnReplicas(test, [2, 4]);

test.run();
