import type { _FusedMatMulAttrs, _FusedMatMulInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { activate, isLowered } from "./families/activation.ts";
import { multiply, productShape } from "./families/matrix-product.ts";

export const fusedMatMul: Kernel = defineKernel<_FusedMatMulInputs, _FusedMatMulAttrs>({
  name: "_FusedMatMul",
  record({ a, b, bias }, attributes) {
    const { transposeA, transposeB, activation, leakyreluAlpha } = attributes;
    if (a.dtype !== "float32" || b.dtype !== "float32" || !isLowered(activation)) return undefined;
    return {
      inputs: bias ? [a, b, bias] : [a, b],
      outputs: [{ shape: productShape(a.shape, b.shape, attributes), dtype: "float32" }],
      attributes,
      key: `${transposeA ? "T" : ""},${transposeB ? "T" : ""},${activation}${leakyreluAlpha}`,
    };
  },
  lower(graph, [a, b, bias], attributes, [output]) {
    const spec = output as TensorSpec;
    let [left, right] = [a as Value, b as Value];
    if (spec.shape.length === 3 && left.shape[0] === 1 && right.shape[0] === 1) {
      // As tf.layers calls it; without the batch axis the bias is added by the product itself.
      left = graph.reshaped(left, left.shape.slice(1));
      right = graph.reshaped(right, right.shape.slice(1));
    }
    const added = bias && bias.shape.length <= 1 ? bias.name : undefined;
    let name = multiply(graph, left, right, attributes, added);
    if (left !== a) name = graph.reshape(name, spec.shape);
    if (bias && added === undefined) name = graph.node("Add", [name, bias.name]);
    return [graph.value(activate(graph, name, attributes), spec)];
  },
});
