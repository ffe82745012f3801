import type { FusedBatchNormAttrs, FusedBatchNormInputs } from "@tensorflow/tfjs-core";
import { broadcast } from "../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";

/** Its place among the inputs. */
const OFFSET = 3;

type Normalization = {
  readonly epsilon: number;
  readonly hasOffset: boolean;
  readonly hasScale: boolean;
};

/** (x - mean) (scale / sqrt(variance + epsilon)) + offset */
export const fusedBatchNorm: Kernel = defineKernel<
  FusedBatchNormInputs,
  FusedBatchNormAttrs,
  Normalization
>({
  name: "FusedBatchNorm",
  record({ x, mean, variance, offset, scale }, { varianceEpsilon }) {
    if (x.dtype !== "float32") return undefined;
    const optional = [offset, scale].filter(Boolean);
    const hasOffset = Boolean(offset);
    const hasScale = Boolean(scale);
    return {
      inputs: [x, mean, variance, ...optional],
      outputs: [{ shape: x.shape, dtype: x.dtype }],
      attributes: { epsilon: varianceEpsilon, hasOffset, hasScale },
      key: `${varianceEpsilon}${hasOffset}${hasScale}`,
    };
  },
  lower(graph, inputs, { epsilon, hasOffset, hasScale }, [output]) {
    const { shape, dtype } = output as TensorSpec;
    const names = inputs.map(({ name }) => name);
    const [x, mean, variance] = names as [string, string, string];
    const shifted = graph.node("Add", [variance, graph.scalar(epsilon)]);
    let factor = graph.node("Reciprocal", [graph.node("Sqrt", [shifted])]);
    if (hasScale) factor = graph.node("Mul", [factor, names.at(-1) as string]);
    let name = graph.node("Mul", [graph.node("Sub", [x, mean]), factor]);
    if (hasOffset) name = graph.node("Add", [name, names[OFFSET] as string]);
    return [{ name, shape, dtype, stored: broadcast(inputs.map(({ stored }) => stored)) }];
  },
});
