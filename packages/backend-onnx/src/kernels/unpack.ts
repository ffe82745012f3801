import { type UnpackAttrs, type UnpackInputs, util } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType } from "../tensor-spec.ts";

export const unpack: Kernel = defineKernel<UnpackInputs, UnpackAttrs, number>({
  name: "Unpack",
  returnsList: true,
  record({ value }, attributes) {
    const [axis = 0] = util.parseAxisParam(attributes.axis, value.shape);
    const output = {
      shape: value.shape.toSpliced(axis, 1),
      dtype: value.dtype as NumericType,
    };
    const outputs = Array.from({ length: value.shape[axis] as number }, () => output);
    return { inputs: [value], outputs, attributes: axis, key: String(axis) };
  },
  lower(graph, [value], axis, outputs) {
    const whole = graph.whole(value as Value);
    const parts =
      outputs.length === 1
        ? [whole]
        : graph.nodes("Split", [whole], { axis, num_outputs: outputs.length }, outputs.length);
    return outputs.map((output, i) =>
      graph.value(graph.reshape(parts[i] as string, output.shape), output),
    );
  },
});
