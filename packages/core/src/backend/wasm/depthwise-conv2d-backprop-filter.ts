import type { backend_util, KernelFunc, Tensor4D, TypedArray } from "@tensorflow/tfjs-core";
import {
  type ConvolutionAttributes,
  convolutionGeometry,
} from "../kernels/convolution-geometry.ts";
import { computeOnHeap, type WasmHeap } from "./wasm-heap.ts";

type Attributes = ConvolutionAttributes & {
  readonly filterShape: [number, number, number, number];
};

/** Gradient of a depthwise convolution with respect to its filter; the wasm backend has none. */
export function depthwiseConv2dBackpropFilter(): KernelFunc {
  return (call) => {
    const { x, dy } = call.inputs as { x: Tensor4D; dy: Tensor4D };
    const attributes = call.attrs as unknown as Attributes;
    const { filterShape } = attributes;
    const info = convolutionGeometry(x.shape, filterShape, attributes, true);
    return computeOnHeap(
      call.backend as WasmHeap,
      filterShape,
      "float32",
      [x, dy],
      (dw, input, gradient) => accumulate(dw, input, gradient, info),
    );
  };
}

/** Adds input * output gradient for every position of the filter on the input; all NHWC. */
function accumulate(
  dw: TypedArray,
  x: TypedArray,
  dy: TypedArray,
  info: backend_util.Conv2DInfo,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { dilationHeight, dilationWidth, padInfo } = info;
  const multiplier = outChannels / inChannels;
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const target = (row * filterWidth + column) * outChannels;
      for (let batch = 0; batch < batchSize; batch++) {
        for (let outRow = 0; outRow < outHeight; outRow++) {
          const inRow = outRow * strideHeight + row * dilationHeight - padInfo.top;
          if (inRow < 0 || inRow >= inHeight) continue;
          for (let outColumn = 0; outColumn < outWidth; outColumn++) {
            const inColumn = outColumn * strideWidth + column * dilationWidth - padInfo.left;
            if (inColumn < 0 || inColumn >= inWidth) continue;
            const source = ((batch * inHeight + inRow) * inWidth + inColumn) * inChannels;
            const output = ((batch * outHeight + outRow) * outWidth + outColumn) * outChannels;
            for (let channel = 0; channel < outChannels; channel++) {
              const value = x[source + Math.floor(channel / multiplier)] as number;
              dw[target + channel] =
                (dw[target + channel] as number) + value * (dy[output + channel] as number);
            }
          }
        }
      }
    }
  }
}
