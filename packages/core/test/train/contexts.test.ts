import { suite } from "uvu";
import { testContexts } from "./test-contexts.ts";

const test = suite("errors, early ends and changed settings");

testContexts(test, 2);

test.run();
