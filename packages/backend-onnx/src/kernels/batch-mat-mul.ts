import type { BatchMatMulAttrs, BatchMatMulInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { multiply, productShape } from "./families/matrix-product.ts";

export const batchMatMul: Kernel = defineKernel<BatchMatMulInputs, BatchMatMulAttrs>({
  name: "BatchMatMul",
  record({ a, b }, attributes) {
    if (a.dtype !== "float32" || b.dtype !== "float32") return undefined;
    const { transposeA, transposeB } = attributes;
    return {
      inputs: [a, b],
      outputs: [{ shape: productShape(a.shape, b.shape, attributes), dtype: "float32" }],
      attributes: { transposeA, transposeB },
      key: `${transposeA ? "T" : ""},${transposeB ? "T" : ""}`,
    };
  },
  lower(graph, [a, b], attributes, [output]) {
    const product = multiply(graph, a as Value, b as Value, attributes);
    return [graph.value(product, output as TensorSpec)];
  },
});
