import { suite } from "uvu";
import { checkCoreTests } from "./check-core-tests.ts";
import { CORRECTED_GRADIENTS } from "./corrected-gradients.ts";

const test = suite(
  "the tests of tfjs-core on the onnx backend, recorded and then computed call by call",
);

test("all pass but those that are known to differ", () =>
  checkCoreTests(
    "onnx",
    {
      ...CORRECTED_GRADIENTS,
      "gather throws when index is out of bound": "indices are looked at when values are needed",
    },
    { way: "recorded" },
  ));

test.run();
