import type { LeakyReluAttrs, LeakyReluInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";

export const leakyRelu: Kernel = defineKernel<LeakyReluInputs, LeakyReluAttrs>({
  name: "LeakyRelu",
  record({ x }, attributes) {
    if (x.dtype !== "float32") return undefined;
    const outputs = [{ shape: x.shape, dtype: x.dtype }];
    return { inputs: [x], outputs, attributes, key: String(attributes.alpha) };
  },
  lower(graph, [x], { alpha }) {
    return [graph.map("LeakyRelu", x as Value, "float32", { alpha: { float: alpha } })];
  },
});
