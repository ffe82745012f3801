import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const sin: Kernel = unary("Sin", (graph, x) => graph.node("Sin", [x]));
