import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const log: Kernel = unary("Log", (graph, x) => graph.node("Log", [x]));
