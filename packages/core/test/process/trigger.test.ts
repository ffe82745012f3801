import { suite } from "uvu";
import { testTrigger } from "./test-trigger.ts";

const test = suite("triggers and random states");

testTrigger(test, 3);

test.run();
