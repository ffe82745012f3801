import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const notEqual: Kernel = binary(
  "NotEqual",
  (graph, a, b, output) => graph.map("Not", graph.elementwise("Equal", [a, b], output), "bool"),
  { types: ["float32", "int32", "bool"], result: "bool" },
);
