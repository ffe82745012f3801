import { suite } from "uvu";
import { testTrigger } from "./test-trigger.ts";

const test = suite("triggers and random states of two replicas");

testTrigger(test, 2);

test.run();
