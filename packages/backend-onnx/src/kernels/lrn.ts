import type { LRNAttrs, LRNInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";

/**
 * Normalizes over neighbouring channels. ONNX divides alpha by the number of neighbours, and ONNX Runtime
 * refuses an alpha or a beta that is not above 0.
 */
export const lrn: Kernel = defineKernel<LRNInputs, LRNAttrs>({
  name: "LRN",
  record({ x }, attributes) {
    const { depthRadius, bias, alpha, beta } = attributes;
    if (x.dtype !== "float32" || !(alpha > 0 && beta > 0)) return undefined;
    const outputs = [{ shape: x.shape, dtype: x.dtype }];
    const key = `${depthRadius}:${bias}:${alpha}:${beta}`;
    return { inputs: [x], outputs, attributes, key };
  },
  lower(graph, [x], { depthRadius, bias, alpha, beta }, [output]) {
    const size = 2 * depthRadius + 1;
    const normalized = graph.node("LRN", [toChannelsFirst(graph, graph.whole(x as Value))], {
      size,
      bias: { float: bias },
      alpha: { float: alpha * size },
      beta: { float: beta },
    });
    return [graph.value(toChannelsLast(graph, normalized), output as TensorSpec)];
  },
});
