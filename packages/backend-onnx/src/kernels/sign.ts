import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

/** The sign of NaN is 0 in tfjs, NaN in ONNX. */
export const sign: Kernel = unary(
  "Sign",
  (graph, x, dtype) => {
    const result = graph.node("Sign", [x]);
    if (dtype !== "float32") return result;
    return graph.node("Where", [graph.node("IsNaN", [x]), graph.scalar(0), result]);
  },
  { types: ["float32", "int32"] },
);
