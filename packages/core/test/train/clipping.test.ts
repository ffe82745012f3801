import { suite } from "uvu";
import { testClipping } from "./test-clipping.ts";

const test = suite("clipping of gradients");

testClipping(test, 2);

test.run();
