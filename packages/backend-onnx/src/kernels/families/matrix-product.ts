import { backend_util } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import type { Value } from "../../lowering/value.ts";
import type { Shape } from "../../tensor-spec.ts";

export type Transposition = { readonly transposeA: boolean; readonly transposeB: boolean };

/** Shape of a product of matrices whose leading axes are broadcast. */
export function productShape(
  a: Shape,
  b: Shape,
  { transposeA, transposeB }: Transposition,
): number[] {
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
export function multiply(
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
