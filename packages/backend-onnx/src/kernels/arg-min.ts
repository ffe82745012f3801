import type { ArgMinAttrs, ArgMinInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { axesOf, reducedShape } from "./families/reduction.ts";
import { withoutNan } from "./families/without-nan.ts";

/** The first of equal elements; NaN is passed over. */
export const argMin: Kernel = defineKernel<ArgMinInputs, ArgMinAttrs, number>({
  name: "ArgMin",
  record({ x }, { axis }) {
    if (x.dtype === "bool" || x.shape.length === 0) return undefined;
    const [place = 0] = axesOf(axis, x.shape);
    const shape = reducedShape(x.shape, [place], false);
    return {
      inputs: [x],
      outputs: [{ shape, dtype: "int32" }],
      attributes: place,
      key: String(place),
    };
  },
  lower(graph, [x], axis, [output]) {
    const whole = graph.whole(x as Value);
    const values = (x as Value).dtype === "float32" ? withoutNan(graph, whole, Infinity) : whole;
    const place = graph.node("ArgMin", [values], { axis, keepdims: 0 });
    return [graph.value(graph.cast(place, "int32"), output as TensorSpec)];
  },
});
