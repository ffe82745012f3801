import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const sign: Kernel = unary("Sign", (graph, x) => graph.node("Sign", [x]), {
  types: ["float32", "int32"],
});
