import { hasOwnSizes } from "@acc/core";
import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { RecordedCall } from "../../lowering/kernel.ts";
import type { Attributes } from "../../onnx/model.ts";
import type { Shape, TensorSpec } from "../../tensor-spec.ts";

export type Geometry = backend_util.Conv2DInfo;

export type ConvolutionAttributes = {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  /** tf.layers passes null. */
  readonly dilations?: [number, number] | number | null;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

type Shape4D = [number, number, number, number];

/**
 * Sizes of a convolution of an NHWC image. Undefined for NCHW, and where the output has not the size that follows from
 * its windows: the cpu backend computes these. (Core has the same for its wasm kernels, but not in its public interface.)
 */
export function convolutionGeometry(
  imageShape: Shape,
  filterShape: Shape,
  attributes: ConvolutionAttributes,
  depthwise = false,
): Geometry | undefined {
  const { strides, pad, dataFormat, dimRoundingMode, dilations } = attributes;
  if (dataFormat === "NCHW" || hasOwnSizes(filterShape, attributes)) return undefined;
  return backend_util.computeConv2DInfo(
    imageShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

/**
 * The call of a kernel over windows, with one output. Undefined without a geometry, or if a tensor is not float32: the
 * kernel of the cpu backend computes it then.
 */
export function windowCall(
  inputs: readonly TensorInfo[],
  geometry: Geometry | undefined,
  outputShape: Shape | undefined = geometry?.outShape,
): RecordedCall<Geometry> | undefined {
  if (!geometry || !outputShape) return undefined;
  if (inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
  const outputs: readonly TensorSpec[] = [{ shape: outputShape, dtype: "float32" }];
  return { inputs, outputs, attributes: geometry, key: geometryKey(geometry) };
}

/** Everything that can differ between two convolutions of tensors with the same shapes. */
export function geometryKey(geometry: Geometry): string {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = geometry;
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth } = geometry;
  const { top, left } = padInfo;
  const sizes = [filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth];
  return [...sizes, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left].join();
}

/** Rows and columns of zeros around the image; negative where the last ones are not read. */
export type Border = {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
};

/** How far the windows of all outputs extend beyond the image. */
export function borderOf(geometry: Geometry): Border {
  const { inHeight, inWidth, padInfo } = geometry;
  const { top, left } = padInfo;
  const [height, width] = spanOf(geometry);
  return { top, left, bottom: height - inHeight - top, right: width - inWidth - left };
}

/** Height and width that the windows of all outputs cover together. */
export function spanOf(geometry: Geometry): [height: number, width: number] {
  const { outHeight, outWidth, strideHeight, strideWidth } = geometry;
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = geometry;
  return [
    (outHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1,
    (outWidth - 1) * strideWidth + (filterWidth - 1) * dilationWidth + 1,
  ];
}

/** Attributes of the ONNX operators Conv, MaxPool and AveragePool. */
export function windowAttributes(geometry: Geometry): Attributes {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  const { top, left, bottom, right } = borderOf(geometry);
  return {
    kernel_shape: [geometry.filterHeight, geometry.filterWidth],
    pads: [top, left, Math.max(bottom, 0), Math.max(right, 0)],
    strides: [strideHeight, strideWidth],
    dilations: [dilationHeight, dilationWidth],
  };
}

/** Attributes of ConvTranspose that make it the adjoint of Conv with `windowAttributes`. */
export function transposedAttributes(geometry: Geometry): Attributes {
  const { bottom, right } = borderOf(geometry);
  const unread = [Math.max(-bottom, 0), Math.max(-right, 0)];
  return { ...windowAttributes(geometry), output_padding: unread };
}
