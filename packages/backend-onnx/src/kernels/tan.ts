import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const tan: Kernel = unary("Tan", (graph, x) => graph.node("Tan", [x]));
