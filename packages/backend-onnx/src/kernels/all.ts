import type { Kernel } from "../record/kernel.ts";
import { reduction } from "./families/reduction.ts";

export const all: Kernel = reduction(
  "All",
  "ReduceMin",
  { types: ["bool"] },
  (graph, x) => graph.cast(x, "int32"),
  (graph, x) => graph.cast(x, "bool"),
);
