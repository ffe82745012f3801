import {
  type FillAttrs,
  type LinSpaceAttrs,
  type OnesLikeInputs,
  type RangeAttrs,
  util,
  type ZerosLikeInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../lowering/kernel.ts";
import type { Value } from "../lowering/value.ts";
import { ARRAY_TYPES, isNumeric, type NumericType, type TensorSpec } from "../tensor-spec.ts";

/** The number is an input of its own: it may change from step to step. */
const fill = defineKernel<unknown, FillAttrs, undefined>({
  name: "Fill",
  record(_, { shape, value, dtype = util.inferDtype(value) }) {
    if (typeof value !== "number" || !isNumeric(dtype)) return undefined;
    return {
      inputs: [],
      scalars: [{ value, dtype }],
      outputs: [{ shape, dtype }],
      attributes: undefined,
    };
  },
  lower(_graph, [number], _attributes, [output]) {
    const { shape } = output as TensorSpec;
    return [{ ...(number as Value), shape, stored: [] }];
  },
});

const linSpace = defineKernel<unknown, LinSpaceAttrs>({
  name: "LinSpace",
  record(_, { start, stop, num }) {
    const step = num === 1 ? 0 : (stop - start) / (num - 1);
    const values = Float32Array.from({ length: num }, (_, i) => start + i * step);
    return { values, spec: { shape: [num], dtype: "float32" } };
  },
});

const onesLike = defineKernel<OnesLikeInputs, unknown>({
  name: "OnesLike",
  record({ x }) {
    const output = { shape: x.shape, dtype: x.dtype as NumericType };
    return { inputs: [], outputs: [output], attributes: undefined };
  },
  lower: (graph, _inputs, _attributes, [output]) => [graph.filled(1, output as TensorSpec)],
});

/** Computed at once: the ends of a range often depend on the batch. */
const range = defineKernel<unknown, RangeAttrs>({
  name: "Range",
  record(_, { start, stop, step: given, dtype }) {
    if (!isNumeric(dtype)) return undefined;
    // Without a step, a range whose end is smaller than its start counts down.
    const step = given === 1 && stop < start ? -1 : given;
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const values = ARRAY_TYPES[dtype].from(Array.from({ length }, (_, i) => start + i * step));
    return { values, spec: { shape: [length], dtype } };
  },
});

const zerosLike = defineKernel<ZerosLikeInputs, unknown>({
  name: "ZerosLike",
  record({ x }) {
    const output = { shape: x.shape, dtype: x.dtype as NumericType };
    return { inputs: [], outputs: [output], attributes: undefined };
  },
  lower: (graph, _inputs, _attributes, [output]) => [graph.filled(0, output as TensorSpec)],
});

/** Kernels that make a tensor of a shape and some numbers. */
export const CREATION: readonly Kernel[] = [fill, linSpace, onesLike, range, zerosLike];
