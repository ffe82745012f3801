import { suite } from "uvu";
import { testOnReplicas } from "./test-on-replicas.ts";

const test = suite("schedules on one to four replicas");

testOnReplicas(test, [1, 2, 3, 4]);

test.run();
