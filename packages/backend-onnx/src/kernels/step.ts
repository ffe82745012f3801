import type { StepAttrs, StepInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";

/** A slope so steep that every positive number reaches 1: twice as fast as comparing and casting. */
const STEEP = 3e38;

/** 1 above zero, `alpha` below. */
export const step: Kernel = defineKernel<StepInputs, StepAttrs>({
  name: "Step",
  record({ x }, attributes) {
    if (x.dtype !== "float32") return undefined;
    const outputs = [{ shape: x.shape, dtype: x.dtype }];
    return { inputs: [x], outputs, attributes, key: String(attributes.alpha) };
  },
  lower(graph, [x], { alpha }) {
    const { name, shape, stored } = x as Value;
    const attributes = { alpha: { float: STEEP }, beta: { float: 0 } };
    let result = graph.node("HardSigmoid", [name], attributes);
    if (alpha !== 0) {
      const scaled = graph.node("Mul", [result, graph.scalar(1 - alpha)]);
      result = graph.node("Add", [scaled, graph.scalar(alpha)]);
    }
    return [{ name: result, shape, stored, dtype: "float32" }];
  },
});
