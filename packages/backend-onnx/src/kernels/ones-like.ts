import type { OnesLikeInputs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const onesLike: Kernel = defineKernel<OnesLikeInputs, unknown>({
  name: "OnesLike",
  record({ x }) {
    const output = { shape: x.shape, dtype: x.dtype as NumericType };
    return { inputs: [], outputs: [output], attributes: undefined };
  },
  lower: (graph, _inputs, _attributes, [output]) => [graph.filled(1, output as TensorSpec)],
});
