import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const tanh: Kernel = unary("Tanh", (graph, x) => graph.node("Tanh", [x]));
