import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const isInf: Kernel = unary("IsInf", (graph, x) => graph.node("IsInf", [x]), {
  result: "bool",
});
