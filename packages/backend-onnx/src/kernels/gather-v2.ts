import type { GatherV2Attrs, GatherV2Inputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";
import { axesOf } from "./families/reduction.ts";

export const gatherV2: Kernel = defineKernel<GatherV2Inputs, GatherV2Attrs, number>({
  name: "GatherV2",
  record({ x, indices }, { axis, batchDims }) {
    if (batchDims !== 0 || indices.dtype !== "int32") return undefined;
    const [place = 0] = axesOf(axis, x.shape);
    return {
      inputs: [x, indices],
      outputs: [
        { shape: x.shape.toSpliced(place, 1, ...indices.shape), dtype: x.dtype as NumericType },
      ],
      attributes: place,
      key: String(place),
    };
  },
  lower(graph, inputs, axis, [output]) {
    const names = inputs.map((input: Value) => graph.whole(input));
    return [graph.value(graph.node("Gather", names, { axis }), output as TensorSpec)];
  },
});
