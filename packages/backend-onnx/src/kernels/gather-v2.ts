import type { GatherV2Attrs, GatherV2Inputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";
import { axesOf } from "./families/reduction.ts";

type Gather = { readonly axis: number; readonly batchDims: number };

/** Unlike the cpu kernel it takes a negative index to count from the end. */
export const gatherV2: Kernel = defineKernel<GatherV2Inputs, GatherV2Attrs, Gather>({
  name: "GatherV2",
  record({ x, indices }, { axis: place, batchDims }) {
    const [axis = 0] = axesOf(place, x.shape);
    if (indices.dtype !== "int32" || (batchDims !== 0 && batchDims !== axis)) return undefined;
    const shape = x.shape.toSpliced(axis, 1, ...indices.shape.slice(batchDims));
    return {
      inputs: [x, indices],
      outputs: [{ shape, dtype: x.dtype as NumericType }],
      attributes: { axis, batchDims },
      key: `${axis}:${batchDims}`,
    };
  },
  lower(graph, [x, indices], { axis, batchDims }, [output]) {
    const [values, places] = [graph.whole(x as Value), graph.whole(indices as Value)];
    const spec = output as TensorSpec;
    if (batchDims === 0)
      return [graph.value(graph.node("Gather", [values, places], { axis }), spec)];
    const { shape } = indices as Value;
    const coordinates = graph.reshape(graph.cast(places, "int64"), [...shape, 1]);
    const name = graph.node("GatherND", [values, coordinates], { batch_dims: batchDims });
    return [graph.value(name, spec)];
  },
});
