import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const relu: Kernel = unary("Relu", (graph, x) => graph.node("Relu", [x]), {
  types: ["float32", "int32"],
});
