import { type SliceAttrs, type SliceInputs, slice_util, util } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const slice: Kernel = defineKernel<SliceInputs, SliceAttrs, readonly number[]>({
  name: "Slice",
  record({ x }, attributes) {
    const tensor = x as Parameters<typeof slice_util.parseSliceParams>[0];
    const bounds = slice_util.parseSliceParams(tensor, attributes.begin, attributes.size);
    const [begin, size] = bounds as [number[], number[]];
    slice_util.assertParamsValid(tensor, begin, size);
    if (size.every((length, axis) => length === x.shape[axis])) return { alias: x, shape: x.shape };
    const isContiguous = slice_util.isSliceContinous(x.shape, begin, size);
    const rangeStart = slice_util.computeFlatOffset(begin, util.computeStrides(x.shape));
    return {
      inputs: [x],
      outputs: [{ shape: size, dtype: x.dtype as NumericType }],
      attributes: begin,
      key: String(begin),
      ...(isContiguous ? { rangeStart } : {}),
    };
  },
  lower(graph, [x], begin, [output]) {
    const { shape } = x as Value;
    const spec = output as TensorSpec;
    const axes = [...shape.keys()].filter((axis) => spec.shape[axis] !== shape[axis]);
    const starts = axes.map((axis) => begin[axis] as number);
    const ends = axes.map((axis, i) => (starts[i] as number) + (spec.shape[axis] as number));
    const bounds = [starts, ends, axes].map((list) => graph.integers(list));
    return [graph.value(graph.node("Slice", [graph.whole(x as Value), ...bounds]), spec)];
  },
});
