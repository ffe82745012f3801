import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

/** max(x, 0) + log(1 + exp(-|x|)), several times faster than the operator. */
export const softplus: Kernel = unary("Softplus", (graph, x) => {
  const decay = graph.node("Exp", [graph.node("Neg", [graph.node("Abs", [x])])]);
  const rest = graph.node("Log", [graph.node("Add", [decay, graph.scalar(1)])]);
  return graph.node("Add", [graph.node("Relu", [x]), rest]);
});
