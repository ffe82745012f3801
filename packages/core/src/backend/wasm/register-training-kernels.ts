import { cumulative } from "../kernels/cumulative.ts";
import { type KernelReplacement, replaceKernel } from "../kernels/replace-kernel.ts";
import { resizeBilinearGrad, resizeNearestNeighborGrad } from "../kernels/resize-gradient.ts";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.ts";
import { conv2dBackpropInput } from "./conv2d-backprop-input.ts";
import { registerCpuFallback } from "./cpu-fallback.ts";
import { depthwiseConv2dBackpropFilter } from "./depthwise-conv2d-backprop-filter.ts";
import { depthwiseConv2dBackpropInput } from "./depthwise-conv2d-backprop-input.ts";
import { explicitPadding } from "./explicit-padding.ts";
import { gather } from "./gather.ts";
import { identity } from "./identity.ts";
import { fusedMatrixProduct, matrixProduct } from "./matrix-product.ts";
import { maxPoolGrad } from "./max-pool-grad.ts";
import { slice } from "./slice.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

/** Kernels that the wasm backend lacks, computes wrongly, or computes too slowly for training. */
const TRAINING_KERNELS: Readonly<Record<string, KernelReplacement>> = {
  BatchMatMul: matrixProduct,
  _FusedMatMul: fusedMatrixProduct,
  Conv2D: explicitPadding(false),
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  Cumprod: cumulative,
  Cumsum: cumulative,
  DepthwiseConv2dNative: explicitPadding(true),
  DepthwiseConv2dNativeBackpropFilter: depthwiseConv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseConv2dBackpropInput,
  FusedConv2D: explicitPadding(false),
  FusedDepthwiseConv2D: explicitPadding(true),
  GatherV2: gather,
  Identity: identity,
  MaxPoolGrad: maxPoolGrad,
  ResizeBilinearGrad: resizeBilinearGrad,
  ResizeNearestNeighborGrad: resizeNearestNeighborGrad,
  Slice: slice,
  UnsortedSegmentSum: unsortedSegmentSum,
};

let registered = false;

/** Adds our kernels to the wasm backend of this thread, once, before it is initialised. */
export function registerTrainingKernels(): void {
  if (registered) return;
  registered = true;
  for (const [name, kernel] of Object.entries(TRAINING_KERNELS))
    replaceKernel(name, "wasm", kernel);
  registerCpuFallback();
}
