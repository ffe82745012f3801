import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

export const isFiniteNumber: Kernel = unary(
  "IsFinite",
  (graph, x) =>
    graph.node("Not", [graph.node("Or", [graph.node("IsNaN", [x]), graph.node("IsInf", [x])])]),
  { result: "bool" },
);
