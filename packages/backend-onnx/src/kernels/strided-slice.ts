import { type StridedSliceAttrs, type StridedSliceInputs, slice_util } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

type Bounds = {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
};

/** ONNX counts a negative end from the back; before the first element is further back than any. */
const BEFORE_FIRST = -(2 ** 31);

export const stridedSlice: Kernel = defineKernel<StridedSliceInputs, StridedSliceAttrs, Bounds>({
  name: "StridedSlice",
  record({ x }, attributes) {
    const { begin, end, strides, finalShape } = slice_util.sliceInfo(
      x.shape,
      ...([attributes.begin, attributes.end, attributes.strides] as const),
      ...([attributes.beginMask, attributes.endMask, attributes.ellipsisMask] as const),
      ...([attributes.newAxisMask, attributes.shrinkAxisMask] as const),
    );
    const outputs = [{ shape: finalShape, dtype: x.dtype as NumericType }];
    const bounds = { begin, end, strides };
    return { inputs: [x], outputs, attributes: bounds, key: `${begin}:${end}:${strides}` };
  },
  lower(graph, [x], { begin, end, strides }, [output]) {
    const spec = output as TensorSpec;
    const ends = end.map((last) => (last < 0 ? BEFORE_FIRST : last));
    const bounds = [begin, ends, [...begin.keys()], strides].map((list) => graph.integers(list));
    const part = graph.node("Slice", [graph.whole(x as Value), ...bounds]);
    return [graph.value(graph.reshape(part, spec.shape), spec)];
  },
});
