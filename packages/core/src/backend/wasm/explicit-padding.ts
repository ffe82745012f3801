import type { KernelFunc, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import {
  type ConvolutionAttributes,
  convolutionGeometry,
} from "../kernels/convolution-geometry.ts";

/**
 * A convolution whose padding is computed here. The stock kernels are wrong for "same" if the strides skip the last
 * pixels.
 */
export function explicitPadding(depthwise: boolean): (stock: KernelFunc | undefined) => KernelFunc {
  return (stock) => {
    if (!stock) throw new Error("The wasm backend has no convolution.");
    return (call) => {
      const attributes = call.attrs as unknown as ConvolutionAttributes;
      if (attributes.pad !== "same") return stock(call);
      const { x, filter } = call.inputs as Record<"x" | "filter", TensorInfo>;
      const { padInfo } = convolutionGeometry(x.shape, filter.shape, attributes, depthwise);
      const { top, bottom, left, right } = padInfo;
      const pad = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return stock({ ...call, attrs: { ...call.attrs, pad } as unknown as NamedAttrMap });
    };
  };
}
