import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const sigmoid: Kernel = unary("Sigmoid", (graph, x) => graph.node("Sigmoid", [x]));
