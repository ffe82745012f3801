import type { EluGradInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";

/** dy (min(y, 0) + 1) */
export const eluGrad: Kernel = defineKernel<EluGradInputs, unknown>({
  name: "EluGrad",
  record({ dy, y }) {
    const outputs = [{ shape: y.shape, dtype: "float32" as const }];
    return { inputs: [dy, y], outputs, attributes: undefined };
  },
  lower(graph, [dy, y], _, [output]) {
    const below = graph.node("Min", [(y as Value).name, graph.scalar(0)]);
    const slope = { ...(y as Value), name: graph.node("Add", [below, graph.scalar(1)]) };
    return [graph.elementwise("Mul", [dy as Value, slope], output as TensorSpec)];
  },
});
