import type { OneHotAttrs, OneHotInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import { isNumeric, type TensorSpec } from "../tensor-spec.ts";

/** Compares with 0, 1, 2 …: many times faster than the operator, and zeros for an index out of range. */
export const oneHot: Kernel = defineKernel<OneHotInputs, OneHotAttrs>({
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
