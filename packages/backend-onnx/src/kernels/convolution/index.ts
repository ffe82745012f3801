import type { Kernel } from "../../lowering/kernel.ts";
import { CONV_2D } from "./conv-2d.ts";
import { conv2DBackpropFilter } from "./conv-2d-backprop-filter.ts";
import { conv2DBackpropInput } from "./conv-2d-backprop-input.ts";
import { DEPTHWISE } from "./depthwise.ts";

/** Convolutions and their gradients. */
export const CONVOLUTION: readonly Kernel[] = [
  ...CONV_2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  ...DEPTHWISE,
];
