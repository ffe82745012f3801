import type { UnsortedSegmentSumAttrs, UnsortedSegmentSumInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

/** Sums the rows of each segment. Rows whose segment is negative or too large count nowhere. */
export const unsortedSegmentSum: Kernel = defineKernel<
  UnsortedSegmentSumInputs,
  UnsortedSegmentSumAttrs,
  number
>({
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
