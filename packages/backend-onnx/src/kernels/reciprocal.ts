import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const reciprocal: Kernel = unary("Reciprocal", (graph, x) => graph.node("Reciprocal", [x]));
