import type { CumsumAttrs, CumsumInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";
import { type Accumulation, recordAccumulation } from "./families/accumulation.ts";

export const cumsum: Kernel = defineKernel<CumsumInputs, CumsumAttrs, Accumulation>({
  name: "Cumsum",
  record({ x }, attributes) {
    if (x.dtype === "bool" || x.shape.length === 0) return undefined;
    return recordAccumulation(x, attributes, x.dtype as NumericType);
  },
  lower(graph, [x], { axis, exclusive, reverse }, [output]) {
    const inputs = [graph.whole(x as Value), graph.integer(axis)];
    const flags = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    return [graph.value(graph.node("CumSum", inputs, flags), output as TensorSpec)];
  },
});
