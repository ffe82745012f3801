import { suite } from "uvu";
import { testRandomState } from "./random-state.ts";

const test = suite("random states of several replicas");

testRandomState(test, true, [8]);

test.run();
