import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const square: Kernel = unary("Square", (graph, x) => graph.node("Mul", [x, x]), {
  types: ["float32", "int32"],
});
