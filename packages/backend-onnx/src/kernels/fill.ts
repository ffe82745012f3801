import { type FillAttrs, util } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import { isNumeric, type TensorSpec } from "../tensor-spec.ts";

/** The number is an input of its own: it may change from step to step. */
export const fill: Kernel = defineKernel<unknown, FillAttrs, undefined>({
  name: "Fill",
  record(_, { shape, value, dtype = util.inferDtype(value) }) {
    if (typeof value !== "number" || !isNumeric(dtype)) return undefined;
    return {
      inputs: [],
      scalars: [{ value, dtype }],
      outputs: [{ shape, dtype }],
      attributes: undefined,
    };
  },
  lower(_graph, [number], _attributes, [output]) {
    const { shape } = output as TensorSpec;
    return [{ ...(number as Value), shape, stored: [] }];
  },
});
