import type { PadV2Attrs, PadV2Inputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

export const padV2: Kernel = defineKernel<PadV2Inputs, PadV2Attrs>({
  name: "PadV2",
  record({ x }, attributes) {
    const { paddings, constantValue } = attributes;
    if (x.shape.length === 0) return { alias: x, shape: [] };
    const shape = x.shape.map((length, axis) => {
      const [before, after] = paddings[axis] as [number, number];
      return before + length + after;
    });
    const outputs = [{ shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes, key: `${paddings}:${constantValue}` };
  },
  lower(graph, [x], { paddings, constantValue }, [output]) {
    const amounts = [0, 1].flatMap((side) => paddings.map((pair) => pair[side] as number));
    const spec = output as TensorSpec;
    const filler = graph.scalar(constantValue, spec.dtype);
    const inputs = [graph.whole(x as Value), graph.integers(amounts), filler];
    return [graph.value(graph.node("Pad", inputs), spec)];
  },
});
