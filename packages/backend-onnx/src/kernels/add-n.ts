import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const addN: Kernel = defineKernel<readonly TensorInfo[], unknown>({
  name: "AddN",
  record(inputs) {
    const [first] = inputs;
    if (!first || inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
    const outputs = [{ shape: first.shape, dtype: first.dtype as NumericType }];
    return { inputs, outputs, attributes: undefined };
  },
  lower: (graph, inputs, _, [output]) => [graph.elementwise("Sum", inputs, output as TensorSpec)],
});
