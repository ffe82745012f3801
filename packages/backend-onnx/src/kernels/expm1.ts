import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

/** (u - 1) x / log(u) with u = exp(x), as rounded: exact near 0, where exp(x) - 1 loses all digits. */
export const expm1: Kernel = unary("Expm1", (graph, x) => {
  const u = graph.node("Exp", [x]);
  const difference = graph.node("Sub", [u, graph.scalar(1)]);
  const corrected = graph.node("Div", [graph.node("Mul", [difference, x]), graph.node("Log", [u])]);
  const isSmall = graph.node("Less", [graph.node("Abs", [x]), graph.scalar(1)]);
  const isTiny = graph.node("Equal", [difference, graph.scalar(0)]);
  const general = graph.node("Where", [isSmall, corrected, difference]);
  return graph.node("Where", [isTiny, x, general]);
});
