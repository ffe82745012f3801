import {
  type ExpandDimsAttrs,
  type ExpandDimsInputs,
  type IdentityInputs,
  type ReshapeAttrs,
  type ReshapeInputs,
  util,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";

const identity = defineKernel<IdentityInputs, unknown>({
  name: "Identity",
  record: ({ x }) => ({ alias: x, shape: x.shape }),
});

const reshape = defineKernel<ReshapeInputs, ReshapeAttrs>({
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

const expandDims = defineKernel<ExpandDimsInputs, ExpandDimsAttrs>({
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

/** The same values under another shape: nothing is computed. */
export const VIEWS: readonly Kernel[] = [expandDims, identity, reshape];
