import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const erf: Kernel = unary("Erf", (graph, x) => graph.node("Erf", [x]));
