import type { SoftmaxAttrs, SoftmaxInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { axesOf } from "./families/reduction.ts";

export const softmax: Kernel = defineKernel<SoftmaxInputs, SoftmaxAttrs, number>({
  name: "Softmax",
  record({ logits }, { dim }) {
    if (logits.dtype !== "float32" || logits.shape.length === 0) return undefined;
    const [axis = 0] = axesOf(dim, logits.shape);
    const outputs = [{ shape: logits.shape, dtype: logits.dtype }];
    return { inputs: [logits], outputs, attributes: axis, key: String(axis) };
  },
  lower(graph, [logits], axis, [output]) {
    const name = graph.node("Softmax", [graph.whole(logits as Value)], { axis });
    return [graph.value(name, output as TensorSpec)];
  },
});
