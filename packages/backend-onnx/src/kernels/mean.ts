import type { Kernel } from "../record/kernel.ts";
import { reduction } from "./families/reduction.ts";

export const mean: Kernel = reduction(
  "Mean",
  "ReduceMean",
  { types: ["float32", "int32", "bool"], result: "float32" },
  (graph, x, dtype) => (dtype === "float32" ? x : graph.cast(x, "float32")),
);
