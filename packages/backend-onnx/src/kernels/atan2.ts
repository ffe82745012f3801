import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

/** The angle of (b, a): atan(a / b), shifted by pi where b is negative. */
export const atan2: Kernel = binary(
  "Atan2",
  (graph, a, b, output) => {
    const quotient = graph.elementwise("Div", [a, b], output);
    const angle = graph.node("Atan", [quotient.name]);
    const zero = graph.scalar(0);
    const half = graph.node("Where", [
      graph.node("Less", [a.name, zero]),
      graph.scalar(-Math.PI),
      graph.scalar(Math.PI),
    ]);
    const shift = graph.node("Where", [graph.node("Less", [b.name, zero]), half, zero]);
    const isOrigin = graph.node("And", [
      graph.node("Equal", [a.name, zero]),
      graph.node("Equal", [b.name, zero]),
    ]);
    const shifted = graph.node("Add", [angle, shift]);
    return { ...quotient, name: graph.node("Where", [isOrigin, zero, shifted]) };
  },
  { types: ["float32"] },
);
