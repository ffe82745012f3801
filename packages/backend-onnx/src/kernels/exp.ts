import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const exp: Kernel = unary("Exp", (graph, x) => graph.node("Exp", [x]));
