import { backend_util } from "@tensorflow/tfjs-core";

/** Attributes that the gradients of a convolution share. tfjs has no gradient of a dilated dense one. */
export type ConvolutionAttributes = {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

type Shape4D = [number, number, number, number];

/** Sizes of a convolution over `[batch, height, width, channels]`. */
export function convolutionGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode, dilations = 1 }: ConvolutionAttributes,
  depthwise = false,
): backend_util.Conv2DInfo {
  if (dataFormat === "NCHW") {
    throw new Error(
      "Convolutions on the wasm backend need dataFormat NHWC (channelsLast), got NCHW.",
    );
  }
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  );
}
