import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const ceil: Kernel = unary("Ceil", (graph, x) => graph.node("Ceil", [x]));
