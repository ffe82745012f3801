import { backend_util } from "@tensorflow/tfjs-core";
import type { Shape } from "../../tensor-spec.ts";
import { borderOf, type Geometry } from "../convolution/geometry.ts";

export type PoolAttributes = {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

/** Sizes of pooling an NHWC image. Undefined if a window may lie entirely outside the image. */
export function poolGeometry(imageShape: Shape, attributes: PoolAttributes): Geometry | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const geometry = backend_util.computePool2DInfo(
    imageShape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, left, bottom, right } = borderOf(geometry);
  const { filterHeight, filterWidth } = geometry;
  if (Math.max(top, bottom) >= filterHeight || Math.max(left, right) >= filterWidth)
    return undefined;
  return geometry;
}

/** Whether the windows divide the image into equal parts with no remainder. */
export function isTiling(geometry: Geometry): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry;
  const border = Object.values(borderOf(geometry));
  return (
    filterHeight === strideHeight &&
    filterWidth === strideWidth &&
    border.every((size) => size === 0)
  );
}
