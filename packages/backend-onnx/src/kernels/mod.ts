import { broadcast } from "../lowering/graph-lowering.ts";
import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";
import { flooredQuotient, integerUnlessZero } from "./families/integer-quotient.ts";

/** The result has the sign of the divisor. */
export const mod: Kernel = binary("Mod", (graph, a, b, output) => {
  const stored = broadcast([a.stored, b.stored]);
  if (a.dtype === "float32") {
    const floored = graph.node("Floor", [graph.node("Div", [a.name, b.name])]);
    const whole = graph.node("Mul", [floored, b.name]);
    return { ...output, name: graph.node("Sub", [a.name, whole]), stored };
  }
  const quotient = flooredQuotient(graph, a.name, b.name);
  const whole = graph.node("Mul", [quotient, graph.cast(b.name, "float64")]);
  const rest = graph.node("Sub", [graph.cast(a.name, "float64"), whole]);
  const name = integerUnlessZero(graph, rest, b.name, graph.scalar(0, "int32"));
  return { ...output, name, stored };
});
