import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const acosh: Kernel = unary("Acosh", (graph, x) => graph.node("Acosh", [x]));
