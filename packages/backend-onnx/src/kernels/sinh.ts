import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const sinh: Kernel = unary("Sinh", (graph, x) => graph.node("Sinh", [x]));
