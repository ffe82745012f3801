import type { ZerosLikeInputs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const zerosLike: Kernel = defineKernel<ZerosLikeInputs, unknown>({
  name: "ZerosLike",
  record({ x }) {
    const output = { shape: x.shape, dtype: x.dtype as NumericType };
    return { inputs: [], outputs: [output], attributes: undefined };
  },
  lower: (graph, _inputs, _attributes, [output]) => [graph.filled(0, output as TensorSpec)],
});
