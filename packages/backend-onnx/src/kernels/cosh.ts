import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const cosh: Kernel = unary("Cosh", (graph, x) => graph.node("Cosh", [x]));
