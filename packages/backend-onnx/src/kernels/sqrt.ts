import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const sqrt: Kernel = unary("Sqrt", (graph, x) => graph.node("Sqrt", [x]));
