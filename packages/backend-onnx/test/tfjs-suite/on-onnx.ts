import { checkCoreTests } from "./check-core-tests.ts";
import { CORRECTED_GRADIENTS } from "./corrected-gradients.ts";
import type { Part } from "./parts.ts";

/** Checks a part of the tests of tfjs-core on the onnx backend. */
export function checkOnOnnx(part: Part): Promise<void> {
  const differences = {
    ...CORRECTED_GRADIENTS,
    "gather throws when index is out of bound": "indices are looked at when the graph runs",
    "tan numbers exceed float32 precision": "the last bit of a tangent close to its pole",
  };
  return checkCoreTests("onnx", differences, { part });
}
