import { type GatherNdInputs, gather_util, type Tensor } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const gatherNd: Kernel = defineKernel<GatherNdInputs, unknown>({
  name: "GatherNd",
  record({ params, indices }) {
    if (indices.dtype !== "int32") return undefined;
    const [shape] = gather_util.prepareAndValidate(params as Tensor, indices as Tensor);
    const outputs = [{ shape, dtype: params.dtype as NumericType }];
    return { inputs: [params, indices], outputs, attributes: undefined };
  },
  lower(graph, [params, indices], _, [output]) {
    const places = graph.cast(graph.whole(indices as Value), "int64");
    const name = graph.node("GatherND", [graph.whole(params as Value), places]);
    return [graph.value(name, output as TensorSpec)];
  },
});
