import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const floor: Kernel = unary("Floor", (graph, x) => graph.node("Floor", [x]));
