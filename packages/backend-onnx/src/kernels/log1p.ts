import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

/** log(u) x / (u - 1) with u = 1 + x, as rounded: exact near 0, where log(1 + x) loses all digits. */
export const log1p: Kernel = unary("Log1p", (graph, x) => {
  const u = graph.node("Add", [x, graph.scalar(1)]);
  const rounded = graph.node("Sub", [u, graph.scalar(1)]);
  const isZero = graph.node("Equal", [rounded, graph.scalar(0)]);
  const keepsX = graph.node("Or", [isZero, graph.node("IsInf", [u], { detect_negative: 0 })]);
  const corrected = graph.node("Mul", [graph.node("Log", [u]), graph.node("Div", [x, rounded])]);
  return graph.node("Where", [keepsX, x, corrected]);
});
