import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const logicalNot: Kernel = unary("LogicalNot", (graph, x) => graph.node("Not", [x]), {
  types: ["bool"],
});
