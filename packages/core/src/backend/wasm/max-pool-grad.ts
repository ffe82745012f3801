import { backend_util, type KernelFunc, type Tensor4D } from "@tensorflow/tfjs-core";
import { asVolume, spreadToLargest } from "../kernels/spread-to-largest.ts";
import { computeOnHeap, type WasmHeap } from "./wasm-heap.ts";

type Attributes = {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

/**
 * Gradient of maximum pooling: it goes to the first largest value of every window. The stock kernel drops the
 * gradient of windows without a positive value.
 */
export function maxPoolGrad(): KernelFunc {
  return (call) => {
    const { dy, input } = call.inputs as { dy: Tensor4D; input: Tensor4D };
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as Attributes;
    const heap = call.backend as WasmHeap;
    const dilations = 1;
    const info = backend_util.computePool2DInfo(
      input.shape,
      filterSize,
      strides,
      dilations,
      pad,
      dimRoundingMode,
    );
    return computeOnHeap(heap, input.shape, "float32", [input, dy], (dx, x, gradient) =>
      spreadToLargest(x, gradient, dx, asVolume(info)),
    );
  };
}
