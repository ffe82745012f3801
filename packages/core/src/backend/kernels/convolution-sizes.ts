import { type ConvolutionAttributes, convolutionGeometry } from "./convolution-geometry.ts";

/**
 * Whether the output of a convolution has not the size that follows from its windows: it is rounded up, or the padding is a number,
 * where tfjs computes the width from the height of filter and stride.
 */
export function hasOwnSizes(
  filterShape: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: ConvolutionAttributes,
): boolean {
  if (typeof pad === "string") return false;
  if (dimRoundingMode === "round" || dimRoundingMode === "ceil") return true;
  if (typeof pad !== "number") return false;
  const isSquare = (pair: unknown) => !Array.isArray(pair) || pair[0] === pair[1];
  return !(isSquare(filterShape) && isSquare(strides) && isSquare(dilations));
}

/** Whether the window of a convolution over `[batch, height, width, channels]` is larger than the padded image. */
export function hasNoWindow(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
): boolean {
  if (attributes.pad === "same") return false;
  const rounded = { ...attributes, dimRoundingMode: "floor" } as const;
  const { outHeight, outWidth } = convolutionGeometry(inputShape, filterShape, rounded, true);
  return outHeight <= 0 || outWidth <= 0;
}
