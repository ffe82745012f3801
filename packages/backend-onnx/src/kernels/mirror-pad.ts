import type { MirrorPadAttrs, MirrorPadInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const mirrorPad: Kernel = defineKernel<MirrorPadInputs, MirrorPadAttrs>({
  name: "MirrorPad",
  record({ x }, attributes) {
    const { paddings, mode } = attributes;
    if (mode !== "reflect" || x.dtype !== "float32") return undefined; // ONNX has no symmetric padding
    const shape = x.shape.map((length, axis) => {
      const [before, after] = paddings[axis] as [number, number];
      return before + length + after;
    });
    const outputs = [{ shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes, key: String(paddings) };
  },
  lower(graph, [x], { paddings }, [output]) {
    const amounts = [0, 1].flatMap((side) => paddings.map((pair) => pair[side] as number));
    const inputs = [graph.whole(x as Value), graph.integers(amounts)];
    return [graph.value(graph.node("Pad", inputs, { mode: "reflect" }), output as TensorSpec)];
  },
});
