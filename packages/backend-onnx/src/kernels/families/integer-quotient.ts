import type { GraphLowering } from "../../lowering/graph-lowering.ts";

/**
 * The largest integer not above a / b, in float64, which holds every int32. The integer division of ONNX
 * Runtime ends the process where b is 0.
 */
export function flooredQuotient(graph: GraphLowering, a: string, b: string): string {
  const quotient = graph.node("Div", [graph.cast(a, "float64"), graph.cast(b, "float64")]);
  return graph.node("Floor", [quotient]);
}

/** Rounds a float64 to int32, with 0 wherever b is 0, as JavaScript converts infinities and NaN. */
export function integerUnlessZero(
  graph: GraphLowering,
  value: string,
  b: string,
  zero: string,
): string {
  const isZero = graph.node("Equal", [b, zero]);
  return graph.node("Where", [isZero, graph.scalar(0, "int32"), graph.cast(value, "int32")]);
}
