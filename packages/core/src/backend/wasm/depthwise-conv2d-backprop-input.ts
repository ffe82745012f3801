import type { backend_util, KernelFunc, Tensor4D, TypedArray } from "@tensorflow/tfjs-core";
import {
  type ConvolutionAttributes,
  convolutionGeometry,
} from "../kernels/convolution-geometry.ts";
import { computeOnHeap, type WasmHeap } from "./wasm-heap.ts";

type Attributes = ConvolutionAttributes & { readonly inputShape: [number, number, number, number] };

/** Gradient of a depthwise convolution with respect to its input; the wasm backend has none. */
export function depthwiseConv2dBackpropInput(): KernelFunc {
  return (call) => {
    const { dy, filter } = call.inputs as { dy: Tensor4D; filter: Tensor4D };
    const attributes = call.attrs as unknown as Attributes;
    const { inputShape } = attributes;
    const info = convolutionGeometry(inputShape, filter.shape, attributes, true);
    return computeOnHeap(
      call.backend as WasmHeap,
      inputShape,
      "float32",
      [dy, filter],
      (dx, gradient, weights) => accumulate(dx, gradient, weights, info),
    );
  };
}

/** Adds output gradient * weight for every position of the filter on the input; all NHWC. */
function accumulate(
  dx: TypedArray,
  dy: TypedArray,
  filter: TypedArray,
  info: backend_util.Conv2DInfo,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { dilationHeight, dilationWidth, padInfo } = info;
  const multiplier = outChannels / inChannels;
  for (let batch = 0; batch < batchSize; batch++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const output = ((batch * outHeight + outRow) * outWidth + outColumn) * outChannels;
        for (let row = 0; row < filterHeight; row++) {
          const inRow = outRow * strideHeight + row * dilationHeight - padInfo.top;
          if (inRow < 0 || inRow >= inHeight) continue;
          for (let column = 0; column < filterWidth; column++) {
            const inColumn = outColumn * strideWidth + column * dilationWidth - padInfo.left;
            if (inColumn < 0 || inColumn >= inWidth) continue;
            const target = ((batch * inHeight + inRow) * inWidth + inColumn) * inChannels;
            const weight = (row * filterWidth + column) * outChannels;
            for (let channel = 0; channel < outChannels; channel++) {
              const at = target + Math.floor(channel / multiplier);
              dx[at] =
                (dx[at] as number) +
                (dy[output + channel] as number) * (filter[weight + channel] as number);
            }
          }
        }
      }
    }
  }
}
