import {
  type _FusedMatMulAttrs,
  type _FusedMatMulInputs,
  type BatchMatMulAttrs,
  type BatchMatMulInputs,
  backend_util,
  type EinsumAttrs,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../lowering/kernel.ts";
import type { Value } from "../lowering/value.ts";
import type { Shape, TensorSpec } from "../tensor-spec.ts";
import { activate, isLowered } from "./elementwise/fused-activation.ts";

export type Transposition = { readonly transposeA: boolean; readonly transposeB: boolean };

/** Shape of a product of matrices whose leading axes are broadcast. */
function productShape(a: Shape, b: Shape, { transposeA, transposeB }: Transposition): number[] {
  const batch = backend_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  const [rows, inner] = transposeA ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
  const [innerB, columns] = transposeB ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
  if (inner !== innerB) {
    throw new Error(
      `Error in matMul: inner shapes (${inner}) and (${innerB}) of Tensors with shapes ${a} and ${b} ` +
        `and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  }
  return [...batch, rows as number, columns as number];
}

/**
 * The product of a and b, plus a bias of one axis or none where the matrices have no batch axes.
 *
 * @returns the name of the result.
 */
function multiply(
  graph: GraphLowering,
  a: Value,
  b: Value,
  { transposeA, transposeB }: Transposition,
  bias?: string,
): string {
  const factors = [graph.whole(a), graph.whole(b)];
  const flags = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  const isPlain = !transposeA && !transposeB;
  if (a.shape.length === 2 && b.shape.length === 2) {
    if (bias !== undefined) return graph.node("Gemm", [...factors, bias], flags);
    return isPlain ? graph.node("MatMul", factors) : graph.node("Gemm", factors, flags);
  }
  const product = isPlain
    ? graph.node("MatMul", factors)
    : graph.extraNode("FusedMatMul", factors, flags);
  return bias === undefined ? product : graph.node("Add", [product, bias]);
}

const batchMatMul = defineKernel<BatchMatMulInputs, BatchMatMulAttrs>({
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

const einsum = defineKernel<Record<string, TensorInfo>, EinsumAttrs, string>({
  name: "Einsum",
  record(named, { equation }) {
    const inputs = Object.values(named);
    if (inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
    const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(
      equation,
      inputs.length,
    );
    backend_util.checkEinsumDimSizes(allDims.length, idDims, inputs as never);
    const lengthOf = (dimension: number): number => {
      const input = idDims.findIndex((dims) => dims.includes(dimension));
      const axis = idDims[input]?.indexOf(dimension) ?? 0;
      return inputs[input]?.shape[axis] ?? 1;
    };
    // The dimensions of the result come first, in order.
    const kept = allDims.map((_, i) => i).filter((dimension) => !summedDims.includes(dimension));
    const outputs = [{ shape: kept.map(lengthOf), dtype: "float32" as const }];
    const standard = equation.replaceAll(" ", "");
    return { inputs, outputs, attributes: standard, key: standard };
  },
  lower(graph, inputs, equation, [output]) {
    const names = inputs.map((input) => graph.whole(input));
    return [graph.value(graph.node("Einsum", names, { equation }), output as TensorSpec)];
  },
});

/** Products of matrices. */
export const MATRIX_PRODUCT: readonly Kernel[] = [batchMatMul, einsum, fusedMatMul];
