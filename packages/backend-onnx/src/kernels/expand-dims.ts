import { type ExpandDimsAttrs, type ExpandDimsInputs, util } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";

export const expandDims: Kernel = defineKernel<ExpandDimsInputs, ExpandDimsAttrs>({
  name: "ExpandDims",
  record({ input }, { dim }) {
    const rank = input.shape.length;
    util.assert(
      dim >= -(rank + 1),
      () => `Axis must be in the interval [${-(rank + 1)}, ${rank}], not ${dim}.`,
    );
    const axis = dim < 0 ? rank + dim + 1 : dim;
    return { alias: input, shape: input.shape.toSpliced(axis, 0, 1) };
  },
});
