import { type ReverseAttrs, type ReverseInputs, util } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

/** ONNX counts a negative end from the back; before the first element is further back than any. */
const BEFORE_FIRST = -(2 ** 31);

export const reverse: Kernel = defineKernel<ReverseInputs, ReverseAttrs, readonly number[]>({
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
