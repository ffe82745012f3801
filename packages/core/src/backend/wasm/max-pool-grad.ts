import {
  backend_util,
  type KernelFunc,
  type Tensor4D,
  type TypedArray,
} from "@tensorflow/tfjs-core";
import { computeOnHeap, type WasmHeap } from "./wasm-heap.ts";

type Attributes = {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

/**
 * Gradient of maximum pooling: goes to the first largest value of every window. The stock kernel drops the
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
      spread(x, gradient, dx, info),
    );
  };
}

/** Adds every element of `dy` to the place in `dx` where its window of `x` is largest; all NHWC. */
function spread(
  x: TypedArray,
  dy: TypedArray,
  dx: TypedArray,
  info: backend_util.Conv2DInfo,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  const { strideHeight, strideWidth, filterHeight, filterWidth } = info;
  let source = 0;
  for (let batch = 0; batch < batchSize; batch++) {
    const image = batch * inHeight * inWidth * inChannels;
    for (let row = 0; row < outHeight; row++) {
      const top = Math.max(row * strideHeight - padInfo.top, 0);
      const bottom = Math.min(row * strideHeight - padInfo.top + filterHeight, inHeight);
      for (let column = 0; column < outWidth; column++) {
        const left = Math.max(column * strideWidth - padInfo.left, 0);
        const right = Math.min(column * strideWidth - padInfo.left + filterWidth, inWidth);
        for (let channel = 0; channel < inChannels; channel++) {
          let largest = Number.NEGATIVE_INFINITY;
          let place = -1;
          for (let y = top; y < bottom; y++) {
            for (let x0 = left; x0 < right; x0++) {
              const at = image + (y * inWidth + x0) * inChannels + channel;
              const value = x[at] as number;
              if (value > largest) {
                largest = value;
                place = at;
              }
            }
          }
          if (place >= 0) dx[place] = (dx[place] as number) + (dy[source] as number);
          source += 1;
        }
      }
    }
  }
}
