import { suite } from "uvu";
import { testClipping } from "./test-clipping.ts";

const test = suite("clipping of gradients on four replicas");

testClipping(test, [[4, "wasm"]]);

test.run();
