import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const abs: Kernel = unary("Abs", (graph, x) => graph.node("Abs", [x]), {
  types: ["float32", "int32"],
});
