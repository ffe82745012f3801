import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";
import { axesOf, reducedShape } from "./axes.ts";

type ReductionInputs = { readonly x: TensorInfo };

/** tfjs uses either name for the axes. */
type ReductionAttributes = {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
};

type Reduced = { readonly axes: readonly number[]; readonly keepDims: boolean };

type ReductionOptions = {
  readonly types?: readonly NumericType[];
  readonly result?: NumericType;
  /** The operator ignores NaN, which the kernel must not do. */
  readonly dropsNan?: boolean;
};

/**
 * A kernel that reduces axes of x with an ONNX operator.
 *
 * @param prepare turns the input into what the operator takes, `finish` its output into the result.
 */
function reduction(
  name: string,
  operator: string,
  { types = ["float32", "int32"], result, dropsNan = false }: ReductionOptions = {},
  prepare: (graph: GraphLowering, x: string, dtype: NumericType) => string = (_, x) => x,
  finish: (graph: GraphLowering, x: string, dtype: NumericType) => string = (_, x) => x,
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
      return [graph.value(finish(graph, name, dtype), output as TensorSpec)];
    },
  });
}

const all = reduction(
  "All",
  "ReduceMin",
  { types: ["bool"] },
  (graph, x) => graph.cast(x, "int32"),
  (graph, x) => graph.cast(x, "bool"),
);

const any = reduction(
  "Any",
  "ReduceMax",
  { types: ["bool"] },
  (graph, x) => graph.cast(x, "int32"),
  (graph, x) => graph.cast(x, "bool"),
);

const mean = reduction(
  "Mean",
  "ReduceMean",
  { types: ["float32", "int32", "bool"], result: "float32" },
  (graph, x, dtype) => (dtype === "float32" ? x : graph.cast(x, "float32")),
);

/** A sum or a product. The operators stop at the largest int32; one of int64 keeps the bits that int32 has. */
function wrapping(name: string, operator: string): Kernel {
  return reduction(
    name,
    operator,
    {},
    (graph, x, dtype) => (dtype === "int32" ? graph.cast(x, "int64") : x),
    (graph, x, dtype) => (dtype === "int32" ? graph.cast(x, "int32") : x),
  );
}

/** Kernels that reduce axes to one number each. */
export const REDUCE: readonly Kernel[] = [
  all,
  any,
  reduction("Max", "ReduceMax", { dropsNan: true }),
  mean,
  reduction("Min", "ReduceMin", { dropsNan: true }),
  wrapping("Prod", "ReduceProd"),
  wrapping("Sum", "ReduceSum"),
];
