import type { TransposeAttrs, TransposeInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const transpose: Kernel = defineKernel<TransposeInputs, TransposeAttrs, number[]>({
  name: "Transpose",
  record({ x }, { perm }) {
    if (perm.every((axis, i) => axis === i)) return { alias: x, shape: x.shape };
    const shape = perm.map((axis) => x.shape[axis] as number);
    const outputs = [{ shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes: perm, key: String(perm) };
  },
  lower(graph, [x], perm, [output]) {
    return [graph.value(graph.transpose(graph.whole(x as Value), perm), output as TensorSpec)];
  },
});
