import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const atanh: Kernel = unary("Atanh", (graph, x) => graph.node("Atanh", [x]));
