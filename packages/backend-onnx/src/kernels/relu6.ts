import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const relu6: Kernel = unary("Relu6", (graph, x) =>
  graph.node("Clip", [x, graph.scalar(0), graph.scalar(6)]),
);
