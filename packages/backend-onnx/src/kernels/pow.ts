import type { Kernel } from "../record/kernel.ts";
import { sameShape } from "../tensor-spec.ts";
import { binary } from "./families/binary.ts";

/** Small constant exponents become products and roots: the general operator is many times slower. */
export const pow: Kernel = binary("Pow", (graph, a, b, output) => {
  const { name, dtype } = a;
  if (dtype !== "float32" || !sameShape(a.shape, output.shape)) {
    return graph.elementwise("Pow", [a, b], output);
  }
  const power = (result: string) => ({ ...output, name: result, stored: a.stored });
  const product = (x: string) => graph.node("Mul", [x, name]);
  switch (b.constant) {
    case -1:
      return power(graph.node("Reciprocal", [name]));
    case 0.5:
      return power(graph.node("Sqrt", [name]));
    case 1:
      return a;
    case 2:
      return power(product(name));
    case 3:
      return power(product(product(name)));
    default:
      return graph.elementwise("Pow", [a, b], output);
  }
});
