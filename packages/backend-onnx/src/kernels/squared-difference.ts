import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const squaredDifference: Kernel = binary("SquaredDifference", (graph, a, b, output) => {
  const difference = graph.elementwise("Sub", [a, b], output);
  return { ...difference, name: graph.node("Mul", [difference.name, difference.name]) };
});
