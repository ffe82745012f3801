import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const atan: Kernel = unary("Atan", (graph, x) => graph.node("Atan", [x]));
