import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";

export type BinaryInputs = { readonly a: TensorInfo; readonly b: TensorInfo };

type BinaryOptions = {
  /** Types of a and b that ONNX Runtime computes with; others go to the cpu backend. */
  readonly types?: readonly NumericType[];
  /** Type of the result, if it is not that of a and b. */
  readonly result?: NumericType;
};

type LowerBinary = (graph: GraphLowering, a: Value, b: Value, output: TensorSpec) => Value;

/** A kernel of two tensors that are broadcast against each other: an ONNX operator, or what `lower` adds. */
export function binary(
  name: string,
  lower: string | LowerBinary,
  { types = ["float32", "int32"], result }: BinaryOptions = {},
): Kernel {
  return defineKernel<BinaryInputs, unknown, undefined>({
    name,
    record({ a, b }) {
      const dtype = a.dtype as NumericType;
      if (b.dtype !== dtype || !types.includes(dtype)) return undefined;
      const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      return {
        inputs: [a, b],
        outputs: [{ shape, dtype: result ?? dtype }],
        attributes: undefined,
      };
    },
    lower(graph, [a, b], _, [output]) {
      if (typeof lower === "string") {
        return [graph.elementwise(lower, [a as Value, b as Value], output as TensorSpec)];
      }
      return [lower(graph, a as Value, b as Value, output as TensorSpec)];
    },
  });
}
