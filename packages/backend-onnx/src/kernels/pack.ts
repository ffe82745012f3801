import { type PackAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const pack: Kernel = defineKernel<readonly TensorInfo[], PackAttrs, number>({
  name: "Pack",
  record(inputs, { axis }) {
    const [first] = inputs;
    if (!first || inputs.some(({ dtype }) => dtype !== first.dtype)) return undefined;
    for (const { shape } of inputs) {
      util.assertShapesMatch(first.shape, shape, "All tensors passed to stack must match.");
    }
    const place = axis < 0 ? axis + first.shape.length + 1 : axis;
    return {
      inputs,
      outputs: [
        {
          shape: first.shape.toSpliced(place, 0, inputs.length),
          dtype: first.dtype as NumericType,
        },
      ],
      attributes: place,
      key: String(place),
    };
  },
  lower(graph, inputs, axis, [output]) {
    const parts = inputs.map((input) => {
      const shape = input.shape.toSpliced(axis, 0, 1);
      return graph.whole(graph.reshaped(input, shape));
    });
    return [graph.value(graph.node("Concat", parts, { axis }), output as TensorSpec)];
  },
});
