import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const asin: Kernel = unary("Asin", (graph, x) => graph.node("Asin", [x]));
