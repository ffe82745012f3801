import { backend_util, type NamedAttrMap, type NamedTensorInfoMap } from "@tensorflow/tfjs-core";
import { repeatsStatistics } from "../kernels/batch-normalization.ts";
import type { ConvolutionAttributes } from "../kernels/convolution-geometry.ts";
import { hasNoWindow, hasOwnSizes } from "../kernels/convolution-sizes.ts";
import { coveredSizes } from "../kernels/volume-sizes.ts";
import type { WasmHeap } from "./wasm-heap.ts";

type Call = {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs?: NamedAttrMap;
  readonly backend: unknown;
};

/**
 * Kernels that are right for int32. The others read its bits as float32, or return a different type than the cpu
 * backend. The indices of a kernel are int32 as well.
 */
const TAKE_INT32 = new Set(
  (
    "Abs Add AddN Sub Multiply Square SquaredDifference Neg Cast ArgMax ArgMin Max Min Sum Prod Mean Any All Cumsum " +
    "Cumprod Equal NotEqual Greater GreaterEqual Less LessEqual Select Concat Pack Unpack SplitV Slice Transpose Tile " +
    "Reverse PadV2 GatherV2 GatherNd ScatterNd TensorScatterUpdate UnsortedSegmentSum OneHot TopK Unique Bincount " +
    "DenseBincount BroadcastTo ZerosLike OnesLike CropAndResize NonMaxSuppressionV3 NonMaxSuppressionV4 " +
    "NonMaxSuppressionV5 SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum SparseToDense " +
    "SearchSorted Multinomial BitwiseAnd BroadcastArgs Dropout Minimum Maximum"
  ).split(" "),
);

/** Kernels that are right for bool; the others write four bytes into space for one. */
const TAKE_BOOL = new Set(
  (
    "Cast Select LogicalAnd LogicalOr LogicalNot LogicalXor Any All Concat Pack Unpack SplitV Slice Transpose Tile " +
    "GatherV2 ZerosLike"
  ).split(" "),
);

/** Calls with numbers of a supported type that the wasm kernel refuses or computes wrongly. */
const LEFT_TO_CPU: Readonly<Record<string, (call: Call) => boolean>> = {
  // Their maximum starts from the smallest positive number, so negative maxima are lost.
  MaxPool3D: always,
  MaxPoolWithArgmax: always,
  Dilation2D: always,
  Dilation2DBackpropInput: always,
  Dilation2DBackpropFilter: always,
  // Their gradients go to wrong positions and windows.
  MaxPool3DGrad: always,
  AvgPool3D: skipsVoxels,
  AvgPool3DGrad: skipsVoxels,
  Conv3D: skipsVoxels,
  Conv3DBackpropInputV2: always,
  Conv3DBackpropFilterV2: always,
  Prelu: repeatsSlopes,
  FloorDiv: always, // returns a different type
  OneHot: ({ attrs }) => attrs?.dtype !== "int32", // the same
  // The logarithm of 1 + x, and not more exact near 0.
  Log1p: always,
  Expm1: always,
  Sign: always, // 0 for what is closer to 0 than 1.2e-7
  // Wrong outside of the image.
  Transform: always,
  RotateWithOffset: always,
  Mod: always, // subtracts a multiple of a rounded quotient
  // NaN is lost: a diverged network would seem to learn.
  ClipByValue: hasNaN,
  Relu6: hasNaN,
  Maximum: hasNaN,
  Minimum: hasNaN,
  // Windows without a pixel of the image, and results without a window.
  MaxPool: hasUnusualPool,
  AvgPool: hasUnusualPool,
  FusedBatchNorm: ({ inputs }) => repeatsStatistics(inputs),
  Bincount: ({ inputs }) => inputs.x?.shape.length !== 1,
  _FusedMatMul: hasWideBias,
  Conv2D: isUnusualConvolution,
  Conv2DBackpropFilter: isUnusualConvolution,
  Conv2DBackpropInput: isUnusualConvolution,
  DepthwiseConv2dNative: hasUnusualSizes,
  DepthwiseConv2dNativeBackpropFilter: hasUnusualSizes,
  DepthwiseConv2dNativeBackpropInput: hasUnusualSizes,
  FusedConv2D: (call) => isUnusualConvolution(call) || hasWideBias(call),
  FusedDepthwiseConv2D: (call) => isUnusualConvolution(call) || hasWideBias(call),
  Cast: ({ attrs }) => attrs?.dtype === "complex64" || attrs?.dtype === "bool",
  Select: ({ inputs }) => inputs.t?.dtype === "bool",
  Fill: ({ attrs }) => typeof attrs?.value === "string",
};

/** Whether the cpu backend must compute a call instead of the wasm backend. */
export function isLeftToCpu(kernelName: string, call: Call): boolean {
  for (const name in call.inputs) {
    const dtype = call.inputs[name]?.dtype;
    if (dtype === "float32" || dtype === undefined) continue;
    if (dtype === "int32" && TAKE_INT32.has(kernelName)) continue;
    if (dtype === "bool" && TAKE_BOOL.has(kernelName)) continue;
    return true;
  }
  return LEFT_TO_CPU[kernelName]?.(call) ?? false;
}

function always(): boolean {
  return true;
}

function hasNaN({ inputs, backend }: Call): boolean {
  for (const name in inputs) {
    const input = inputs[name];
    if (input?.dtype !== "float32") continue;
    const values = (backend as WasmHeap).typedArrayFromHeap(input);
    for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  }
  return false;
}

type PoolAttributes = {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

function hasUnusualPool({ inputs, attrs }: Call): boolean {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
  if (pad === "same") return false;
  // The kernel rounds down, whatever it is told.
  if (dimRoundingMode === "round" || dimRoundingMode === "ceil") return true;
  const shape = inputs.x?.shape as [number, number, number, number];
  const { filterHeight, filterWidth, padInfo, outHeight, outWidth } =
    backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  return (
    outHeight * outWidth === 0 ||
    Math.max(padInfo.top, padInfo.bottom) >= filterHeight ||
    Math.max(padInfo.left, padInfo.right) >= filterWidth
  );
}

function isUnusualConvolution(call: Call): boolean {
  return call.attrs?.dataFormat === "NCHW" || hasUnusualSizes(call);
}

/** The kernels compute the size of the output by themselves, and write into one that has no elements. */
function hasUnusualSizes({ inputs, attrs }: Call): boolean {
  const filterShape = inputs.filter?.shape ?? (attrs?.filterShape as unknown as readonly number[]);
  const attributes = attrs as unknown as ConvolutionAttributes;
  if (hasOwnSizes(filterShape, attributes)) return true;
  return inputs.x !== undefined && hasNoWindow(inputs.x.shape, filterShape, attributes);
}

function skipsVoxels(call: Call): boolean {
  return coveredSizes(call) !== undefined;
}

/** The kernel reads the slopes in order, from the start again at their end. */
function repeatsSlopes({ inputs: { x, alpha } }: Call): boolean {
  if (!x || !alpha || alpha.shape.length > x.shape.length) return true;
  const last = x.shape.slice(x.shape.length - alpha.shape.length);
  return alpha.shape.some((length, i) => length !== last[i]);
}

/** The fused kernels support only one bias number per channel. */
function hasWideBias({ inputs }: Call): boolean {
  return inputs.bias !== undefined && inputs.bias !== null && inputs.bias.shape.length !== 1;
}
