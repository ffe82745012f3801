import { suite } from "uvu";
import { testReplays } from "./replayed-equals-traced.ts";

const test = suite("compileStep");

// The long tests take all variants.
testReplays(test, 1, ["clipping at the end of windows"]);

test.run();
