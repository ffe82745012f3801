import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const isNan: Kernel = unary("IsNan", (graph, x) => graph.node("IsNaN", [x]), {
  result: "bool",
});
