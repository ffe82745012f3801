import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const rsqrt: Kernel = unary("Rsqrt", (graph, x) =>
  graph.node("Reciprocal", [graph.node("Sqrt", [x])]),
);
