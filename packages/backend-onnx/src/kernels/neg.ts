import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const neg: Kernel = unary("Neg", (graph, x) => graph.node("Neg", [x]), {
  types: ["float32", "int32"],
});
