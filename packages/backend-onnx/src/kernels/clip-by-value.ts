import type { ClipByValueAttrs, ClipByValueInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType } from "../tensor-spec.ts";

export const clipByValue: Kernel = defineKernel<ClipByValueInputs, ClipByValueAttrs, undefined>({
  name: "ClipByValue",
  record({ x }, { clipValueMin, clipValueMax }) {
    const dtype = x.dtype as NumericType;
    if (dtype !== "float32") return undefined;
    const scalars = [clipValueMin, clipValueMax].map((value) => ({ value, dtype }));
    return { inputs: [x], scalars, outputs: [{ shape: x.shape, dtype }], attributes: undefined };
  },
  lower(graph, inputs) {
    const [x, least, largest] = inputs as [Value, Value, Value];
    const name = graph.node("Clip", [x.name, least.name, largest.name]);
    return [{ ...x, name }];
  },
});
