import { backend_util } from "@tensorflow/tfjs-core";

/** The attributes of tfjs's two-dimensional convolutions; tf.layers passes null. */
export type ConvolutionAttributes = {
  readonly strides: number | readonly [number, number];
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dilations?: number | readonly [number, number] | null;
  readonly dimRoundingMode?: "floor" | "round" | "ceil" | null;
};

type Shape4D = [number, number, number, number];

/**
 * Sizes of a convolution over `[batch, height, width, channels]`; other layouts are left to the cpu backend. The onnx
 * backend has its own: this is not part of the public interface of core.
 */
export function convolutionGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode, dilations }: ConvolutionAttributes,
  depthwise = false,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides as number,
    (dilations ?? 1) as number,
    pad,
    dimRoundingMode ?? undefined,
    depthwise,
  );
}
