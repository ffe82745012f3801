import { suite } from "uvu";
import { testReplays } from "./replayed-equals-traced.ts";

const test = suite("compileStep with 1 replica");

testReplays(test, 1);

test.run();
