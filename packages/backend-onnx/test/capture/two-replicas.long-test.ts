import { suite } from "uvu";
import { testReplays } from "./replayed-equals-traced.ts";

const test = suite("compileStep with 2 replicas");

testReplays(test, 2);

test.run();
