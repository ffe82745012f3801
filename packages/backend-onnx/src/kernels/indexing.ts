import {
  type GatherNdInputs,
  type GatherV2Attrs,
  type GatherV2Inputs,
  gather_util,
  type OneHotAttrs,
  type OneHotInputs,
  type Tensor,
  type UnsortedSegmentSumAttrs,
  type UnsortedSegmentSumInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../lowering/kernel.ts";
import type { Value } from "../lowering/value.ts";
import { isNumeric, type NumericType, type TensorSpec } from "../tensor-spec.ts";
import { axesOf } from "./reduction/axes.ts";

const gatherNd = defineKernel<GatherNdInputs, unknown>({
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

type Gather = { readonly axis: number; readonly batchDims: number };

/** Unlike the cpu kernel it takes a negative index to count from the end. */
const gatherV2 = defineKernel<GatherV2Inputs, GatherV2Attrs, Gather>({
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

/** Compares with 0, 1, 2 …: many times faster than the operator, and zeros for an index out of range. */
const oneHot = defineKernel<OneHotInputs, OneHotAttrs>({
  name: "OneHot",
  record({ indices }, attributes) {
    const { depth, onValue, offValue, dtype = "int32" } = attributes;
    if (indices.dtype !== "int32" || !isNumeric(dtype)) return undefined;
    return {
      inputs: [indices],
      outputs: [{ shape: [...indices.shape, depth], dtype }],
      attributes,
      key: `${depth}:${onValue}:${offValue}`,
    };
  },
  lower(graph, [indices], { depth, onValue, offValue }, [output]) {
    const { shape } = indices as Value;
    const spec = output as TensorSpec;
    const classes = Array.from({ length: depth }, (_, i) => i);
    const isOn = graph.node("Equal", [
      graph.reshape(graph.whole(indices as Value), [...shape, 1]),
      graph.constant(classes, [depth], "int32"),
    ]);
    if (onValue === 1 && offValue === 0) return [graph.value(graph.cast(isOn, spec.dtype), spec)];
    const [on, off] = [graph.scalar(onValue, spec.dtype), graph.scalar(offValue, spec.dtype)];
    return [graph.value(graph.node("Where", [isOn, on, off]), spec)];
  },
});

/** Sums the rows of each segment. Rows whose segment is negative or too large are ignored. */
const unsortedSegmentSum = defineKernel<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs, number>({
  name: "UnsortedSegmentSum",
  record({ x, segmentIds }, { numSegments }) {
    if (segmentIds.dtype !== "int32" || x.dtype === "bool") return undefined;
    const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
    return {
      inputs: [x, segmentIds],
      outputs: [{ shape, dtype: x.dtype as NumericType }],
      attributes: numSegments,
      key: String(numSegments),
    };
  },
  lower(graph, [x, segmentIds], numSegments, [output]) {
    const spec = output as TensorSpec;
    const { shape } = segmentIds as Value;
    const ids = graph.whole(segmentIds as Value);
    const first = graph.scalar(0, "int32");
    const last = graph.scalar(numSegments - 1, "int32");
    const inside = graph.node("And", [
      graph.node("GreaterOrEqual", [ids, first]),
      graph.node("LessOrEqual", [ids, last]),
    ]);
    const rowAxes = (x as Value).shape.slice(shape.length).map(() => 1);
    const isCounted = graph.reshape(inside, [...shape, ...rowAxes]);
    const zero = graph.scalar(0, spec.dtype);
    const rows = graph.node("Where", [isCounted, graph.whole(x as Value), zero]);
    const places = graph.reshape(graph.node("Clip", [ids, first, last]), [...shape, 1]);
    const zeros = graph.whole(graph.filled(0, spec));
    const inputs = [zeros, graph.cast(places, "int64"), rows];
    return [graph.value(graph.node("ScatterND", inputs, { reduction: "add" }), spec)];
  },
});

/** Kernels that read or write at the indices in an integer tensor. */
export const INDEXING: readonly Kernel[] = [gatherNd, gatherV2, oneHot, unsortedSegmentSum];
