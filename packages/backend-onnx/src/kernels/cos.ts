import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const cos: Kernel = unary("Cos", (graph, x) => graph.node("Cos", [x]));
