import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";
import { withoutNan } from "./families/without-nan.ts";

/** The sign of NaN is 0 in tfjs, NaN in ONNX. */
export const sign: Kernel = unary(
  "Sign",
  (graph, x, dtype) => graph.node("Sign", [dtype === "float32" ? withoutNan(graph, x, 0) : x]),
  { types: ["float32", "int32"] },
);
