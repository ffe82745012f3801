import { suite } from "uvu";
import { testClipping } from "./test-clipping.ts";

const test = suite("clipping of gradients");

testClipping(test, [
  [1, "cpu"],
  [1, "wasm"],
  [2, "wasm"],
  [3, "cpu"],
]);

test.run();
