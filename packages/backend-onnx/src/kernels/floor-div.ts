import { broadcast } from "../lowering/graph-lowering.ts";
import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";
import { flooredQuotient, integerUnlessZero } from "./families/integer-quotient.ts";

/** The result is int32 for any type. */
export const floorDiv: Kernel = binary(
  "FloorDiv",
  (graph, a, b, output) => {
    const quotient = flooredQuotient(graph, a.name, b.name);
    const name = integerUnlessZero(graph, quotient, b.name, graph.scalar(0, b.dtype));
    return { ...output, name, stored: broadcast([a.stored, b.stored]) };
  },
  { result: "int32" },
);
