import type { Kernel } from "../record/kernel.ts";
import { unary } from "./families/unary.ts";

const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

export const selu: Kernel = unary("Selu", (graph, x) =>
  graph.node("Selu", [x], { alpha: { float: ALPHA }, gamma: { float: SCALE } }),
);
