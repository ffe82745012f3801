import { backend_util, type ConcatAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const concat: Kernel = defineKernel<readonly TensorInfo[], ConcatAttrs, number>({
  name: "Concat",
  record(inputs, attributes) {
    const [first] = inputs;
    if (!first || inputs.some(({ dtype }) => dtype !== first.dtype)) return undefined;
    if (inputs.length === 1) return { alias: first, shape: first.shape };
    const [axis = 0] = util.parseAxisParam(attributes.axis, first.shape);
    const shapes = inputs.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis);
    return {
      inputs,
      outputs: [
        { shape: backend_util.computeOutShape(shapes, axis), dtype: first.dtype as NumericType },
      ],
      attributes: axis,
      key: String(axis),
    };
  },
  lower(graph, inputs, axis, [output]) {
    const parts = inputs.map((input) => graph.whole(input));
    return [graph.value(graph.node("Concat", parts, { axis }), output as TensorSpec)];
  },
});
