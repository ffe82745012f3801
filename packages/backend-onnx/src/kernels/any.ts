import type { Kernel } from "../record/kernel.ts";
import { reduction } from "./families/reduction.ts";

export const any: Kernel = reduction(
  "Any",
  "ReduceMax",
  { types: ["bool"] },
  (graph, x) => graph.cast(x, "int32"),
  (graph, x) => graph.cast(x, "bool"),
);
