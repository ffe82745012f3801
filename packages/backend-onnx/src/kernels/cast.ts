import type { CastAttrs, CastInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import { isNumeric, type NumericType } from "../tensor-spec.ts";

/** From float to int32 it cuts off the fraction, as tfjs does. */
export const cast: Kernel = defineKernel<CastInputs, CastAttrs, NumericType>({
  name: "Cast",
  record({ x }, { dtype }) {
    if (x.dtype === dtype) return { alias: x, shape: x.shape };
    if (!isNumeric(dtype)) return undefined;
    return { inputs: [x], outputs: [{ shape: x.shape, dtype }], attributes: dtype, key: dtype };
  },
  lower(graph, [x], dtype) {
    const { name, shape, stored } = x as Value;
    return [{ name: graph.cast(name, dtype), shape, stored, dtype }];
  },
});
