import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType } from "../../tensor-spec.ts";

type UnaryInputs = { readonly x: TensorInfo };

type UnaryOptions = {
  /** Types of x that ONNX Runtime computes with; others go to the cpu backend. */
  readonly types?: readonly NumericType[];
  /** Type of the result, if it is not that of x. */
  readonly result?: NumericType;
};

/** Gets the name and the type of x, and returns the name of the result. */
type LowerUnary = (graph: GraphLowering, x: string, dtype: NumericType) => string;

/** A kernel that computes every element of x by itself: an ONNX operator, or the nodes that `lower` adds. */
export function unary(
  name: string,
  lower: string | LowerUnary,
  { types = ["float32"], result }: UnaryOptions = {},
): Kernel {
  return defineKernel<UnaryInputs, unknown, undefined>({
    name,
    record({ x }) {
      const dtype = x.dtype as NumericType;
      if (!types.includes(dtype)) return undefined;
      return {
        inputs: [x],
        outputs: [{ shape: x.shape, dtype: result ?? dtype }],
        attributes: undefined,
      };
    },
    lower(graph, [x], _, [output]) {
      const { shape, stored, name: input, dtype } = x as Value;
      const name =
        typeof lower === "string" ? graph.node(lower, [input]) : lower(graph, input, dtype);
      return [{ name, shape, stored, dtype: output?.dtype ?? "float32" }];
    },
  });
}
