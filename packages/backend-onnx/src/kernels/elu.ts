import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const elu: Kernel = unary("Elu", (graph, x) => graph.node("Elu", [x]));
