import { suite } from "uvu";
import { checkCoreTests } from "./check-core-tests.ts";
import { CORRECTED_GRADIENTS } from "./corrected-gradients.ts";

const test = suite("the tests of tfjs-core on the wasm backend with our kernels");

test("all pass but those of gradients that we correct", () =>
  checkCoreTests("wasm", CORRECTED_GRADIENTS));

test.run();
