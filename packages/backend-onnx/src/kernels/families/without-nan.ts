import type { GraphLowering } from "../../lowering/graph-lowering.ts";

/** A float32 tensor with another number in place of NaN. */
export function withoutNan(graph: GraphLowering, x: string, replacement: number): string {
  return graph.node("Where", [graph.node("IsNaN", [x]), graph.scalar(replacement), x]);
}
