import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const round: Kernel = unary("Round", (graph, x) => graph.node("Round", [x]));
