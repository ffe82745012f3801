import { suite } from "uvu";
import { testOnReplicas } from "./test-on-replicas.ts";

const test = suite("schedules on one replica, and on three");

testOnReplicas(test, [1, 3]);

test.run();
