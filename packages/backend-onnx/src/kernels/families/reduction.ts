import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import type { Value } from "../../lowering/value.ts";
import { defineKernel, type Kernel } from "../../record/kernel.ts";
import type { NumericType, Shape, TensorSpec } from "../../tensor-spec.ts";

export type ReductionInputs = { readonly x: TensorInfo };

/** tfjs calls the axes by either name. */
export type ReductionAttributes = {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
};

type Reduced = { readonly axes: readonly number[]; readonly keepDims: boolean };

type ReductionOptions = {
  readonly types?: readonly NumericType[];
  readonly result?: NumericType;
  /** The operator passes over NaN, which the kernel must not. */
  readonly dropsNan?: boolean;
};

/**
 * A kernel that reduces axes of x with an ONNX operator.
 *
 * @param prepare turns the input into what the operator takes, `finish` its output into the result.
 */
export function reduction(
  name: string,
  operator: string,
  { types = ["float32", "int32"], result, dropsNan = false }: ReductionOptions = {},
  prepare: (graph: GraphLowering, x: string, dtype: NumericType) => string = (_, x) => x,
  finish: (graph: GraphLowering, x: string) => string = (_, x) => x,
): Kernel {
  return defineKernel<ReductionInputs, ReductionAttributes, Reduced>({
    name,
    record({ x }, attributes) {
      const dtype = x.dtype as NumericType;
      if (!types.includes(dtype)) return undefined;
      const axes = axesOf(attributes.axis ?? attributes.reductionIndices, x.shape);
      const keepDims = attributes.keepDims ?? false;
      const shape = reducedShape(x.shape, axes, keepDims);
      return {
        inputs: [x],
        outputs: [{ shape, dtype: result ?? dtype }],
        attributes: { axes, keepDims },
        key: `${axes}${keepDims ? "k" : ""}`,
      };
    },
    lower(graph, [x], { axes, keepDims }, [output]) {
      const { dtype } = x as Value;
      const reduce = (by: string, operand: string) =>
        graph.node(by, [operand, graph.integers(axes)], { keepdims: keepDims ? 1 : 0 });
      let name = prepare(graph, graph.whole(x as Value), dtype);
      if (axes.length > 0) {
        const reduced = reduce(operator, name);
        if (dropsNan && dtype === "float32") {
          const numNan = reduce("ReduceSum", graph.cast(graph.node("IsNaN", [name]), "float32"));
          const hasNan = graph.cast(numNan, "bool");
          name = graph.node("Where", [hasNan, graph.scalar(Number.NaN), reduced]);
        } else {
          name = reduced;
        }
      }
      return [graph.value(finish(graph, name), output as TensorSpec)];
    },
  });
}

/** Axes counted from the front; all of them if none are given. */
export function axesOf(axis: number | number[] | undefined | null, shape: number[]): number[] {
  return util.parseAxisParam(axis as number | number[], shape);
}

export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}
