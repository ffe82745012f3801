import { type ReshapeAttrs, type ReshapeInputs, util } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";

export const reshape: Kernel = defineKernel<ReshapeInputs, ReshapeAttrs>({
  name: "Reshape",
  record({ x }, attributes) {
    const size = util.sizeFromShape(x.shape);
    const shape = util.inferFromImplicitShape(attributes.shape, size);
    util.assert(
      util.sizeFromShape(shape) === size,
      () => `A tensor of shape [${x.shape}] cannot be reshaped to [${shape}].`,
    );
    return { alias: x, shape };
  },
});
