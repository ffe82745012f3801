import type { TopKAttrs, TopKInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

/** The k largest of the last axis; of equal ones the first. */
export const topK: Kernel = defineKernel<TopKInputs, TopKAttrs, number>({
  name: "TopK",
  record({ x }, { k }) {
    if (x.dtype === "bool" || x.shape.length === 0) return undefined;
    const shape = x.shape.with(-1, k);
    return {
      inputs: [x],
      outputs: [
        { shape, dtype: x.dtype as NumericType },
        { shape, dtype: "int32" },
      ],
      attributes: k,
      key: String(k),
    };
  },
  lower(graph, [x], k, outputs) {
    const [values, places] = graph.nodes(
      "TopK",
      [graph.whole(x as Value), graph.integers([k])],
      { axis: -1 },
      2,
    ) as [string, string];
    const [largest, indices] = outputs as [TensorSpec, TensorSpec];
    return [graph.value(values, largest), graph.value(graph.cast(places, "int32"), indices)];
  },
});
