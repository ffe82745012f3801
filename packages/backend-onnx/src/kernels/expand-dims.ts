import type { ExpandDimsAttrs, ExpandDimsInputs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";

export const expandDims: Kernel = defineKernel<ExpandDimsInputs, ExpandDimsAttrs>({
  name: "ExpandDims",
  record({ input }, { dim }) {
    const axis = dim < 0 ? input.shape.length + dim + 1 : dim;
    return { alias: input, shape: input.shape.toSpliced(axis, 0, 1) };
  },
});
