import "../compile-always.ts";
import { suite } from "uvu";
import { checkOnOnnx } from "./on-onnx.ts";

const test = suite("the tests of tfjs-core on the onnx backend, first half");

test("all pass but those that are known to differ", () => checkOnOnnx([0, 2]));

test.run();
