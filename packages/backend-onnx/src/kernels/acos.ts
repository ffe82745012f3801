import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const acos: Kernel = unary("Acos", (graph, x) => graph.node("Acos", [x]));
