import { conv2dBackpropFilter } from "./conv2d-backprop-filter.ts";
import { conv2dBackpropInput } from "./conv2d-backprop-input.ts";
import { depthwiseConv2dBackpropFilter } from "./depthwise-conv2d-backprop-filter.ts";
import { depthwiseConv2dBackpropInput } from "./depthwise-conv2d-backprop-input.ts";
import { identity } from "./identity.ts";
import { matrixProduct } from "./matrix-product.ts";
import { maxPoolGrad } from "./max-pool-grad.ts";
import { replaceKernel, type WasmKernel } from "./replace-kernel.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

/** What the wasm backend lacks or does too slowly to train with. */
const TRAINING_KERNELS: Readonly<Record<string, WasmKernel>> = {
  BatchMatMul: matrixProduct,
  _FusedMatMul: matrixProduct,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseConv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseConv2dBackpropInput,
  Identity: identity,
  MaxPoolGrad: maxPoolGrad,
  UnsortedSegmentSum: unsortedSegmentSum,
};

let registered = false;

/** Adds our kernels to the wasm backend of this thread, once, before it is initialised. */
export function registerTrainingKernels(): void {
  if (registered) return;
  registered = true;
  for (const [name, kernel] of Object.entries(TRAINING_KERNELS)) replaceKernel(name, kernel);
}
