import { suite } from "uvu";
import { checkCoreTests } from "./check-core-tests.ts";
import { CORRECTED_GRADIENTS } from "./corrected-gradients.ts";

const test = suite("the tests of tfjs-core on the onnx backend, call by call");

test("all pass but those that are known to differ", () =>
  checkCoreTests("onnx", CORRECTED_GRADIENTS));

test.run();
