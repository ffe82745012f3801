import {
  type ReverseAttrs,
  type ReverseInputs,
  type SliceAttrs,
  type SliceInputs,
  type StridedSliceAttrs,
  type StridedSliceInputs,
  slice_util,
  util,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";

/** ONNX counts a negative end from the back, so the end before the first element is a very negative number. */
const BEFORE_FIRST = -(2 ** 31);

const slice = defineKernel<SliceInputs, SliceAttrs, readonly number[]>({
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

type Bounds = {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
};

const stridedSlice = defineKernel<StridedSliceInputs, StridedSliceAttrs, Bounds>({
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

const reverse = defineKernel<ReverseInputs, ReverseAttrs, readonly number[]>({
  name: "Reverse",
  record({ x }, { dims }) {
    if (x.shape.length === 0) return { alias: x, shape: [] };
    const axes = util.parseAxisParam(dims, x.shape);
    const outputs = [{ shape: x.shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes: axes, key: String(axes) };
  },
  lower(graph, [x], axes, [output]) {
    const back = axes.map(() => -1);
    const bounds = [back, axes.map(() => BEFORE_FIRST), axes, back];
    const inputs = [graph.whole(x as Value), ...bounds.map((list) => graph.integers(list))];
    return [graph.value(graph.node("Slice", inputs), output as TensorSpec)];
  },
});

/** Parts of a tensor. */
export const SLICING: readonly Kernel[] = [reverse, slice, stridedSlice];
