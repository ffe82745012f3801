import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const asinh: Kernel = unary("Asinh", (graph, x) => graph.node("Asinh", [x]));
