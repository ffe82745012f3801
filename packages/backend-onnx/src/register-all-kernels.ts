import "@tensorflow/tfjs-backend-cpu";
import {
  getKernelsForBackend,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "./backend.ts";
import { cpuKernel } from "./cpu-kernel.ts";
import { abs } from "./kernels/abs.ts";
import { acos } from "./kernels/acos.ts";
import { acosh } from "./kernels/acosh.ts";
import { add } from "./kernels/add.ts";
import { addN } from "./kernels/add-n.ts";
import { all } from "./kernels/all.ts";
import { any } from "./kernels/any.ts";
import { argMax } from "./kernels/arg-max.ts";
import { argMin } from "./kernels/arg-min.ts";
import { asin } from "./kernels/asin.ts";
import { asinh } from "./kernels/asinh.ts";
import { atan } from "./kernels/atan.ts";
import { atan2 } from "./kernels/atan2.ts";
import { atanh } from "./kernels/atanh.ts";
import { avgPool } from "./kernels/avg-pool.ts";
import { avgPoolGrad } from "./kernels/avg-pool-grad.ts";
import { batchMatMul } from "./kernels/batch-mat-mul.ts";
import { cast } from "./kernels/cast.ts";
import { ceil } from "./kernels/ceil.ts";
import { clipByValue } from "./kernels/clip-by-value.ts";
import { concat } from "./kernels/concat.ts";
import { conv2D } from "./kernels/conv-2d.ts";
import { conv2DBackpropFilter } from "./kernels/conv-2d-backprop-filter.ts";
import { conv2DBackpropInput } from "./kernels/conv-2d-backprop-input.ts";
import { cos } from "./kernels/cos.ts";
import { cosh } from "./kernels/cosh.ts";
import { cumprod } from "./kernels/cumprod.ts";
import { cumsum } from "./kernels/cumsum.ts";
import { depthwiseConv2dNative } from "./kernels/depthwise-conv-2d-native.ts";
import { depthwiseConv2dNativeBackpropFilter } from "./kernels/depthwise-conv-2d-native-backprop-filter.ts";
import { depthwiseConv2dNativeBackpropInput } from "./kernels/depthwise-conv-2d-native-backprop-input.ts";
import { einsum } from "./kernels/einsum.ts";
import { elu } from "./kernels/elu.ts";
import { eluGrad } from "./kernels/elu-grad.ts";
import { equal } from "./kernels/equal.ts";
import { erf } from "./kernels/erf.ts";
import { exp } from "./kernels/exp.ts";
import { expandDims } from "./kernels/expand-dims.ts";
import { expm1 } from "./kernels/expm1.ts";
import { fill } from "./kernels/fill.ts";
import { floor } from "./kernels/floor.ts";
import { floorDiv } from "./kernels/floor-div.ts";
import { fusedBatchNorm } from "./kernels/fused-batch-norm.ts";
import { fusedConv2D } from "./kernels/fused-conv-2d.ts";
import { fusedDepthwiseConv2D } from "./kernels/fused-depthwise-conv-2d.ts";
import { fusedMatMul } from "./kernels/fused-mat-mul.ts";
import { gatherNd } from "./kernels/gather-nd.ts";
import { gatherV2 } from "./kernels/gather-v2.ts";
import { greater } from "./kernels/greater.ts";
import { greaterEqual } from "./kernels/greater-equal.ts";
import { identity } from "./kernels/identity.ts";
import { isFiniteNumber } from "./kernels/is-finite.ts";
import { isInf } from "./kernels/is-inf.ts";
import { isNan } from "./kernels/is-nan.ts";
import { leakyRelu } from "./kernels/leaky-relu.ts";
import { less } from "./kernels/less.ts";
import { lessEqual } from "./kernels/less-equal.ts";
import { linSpace } from "./kernels/lin-space.ts";
import { log } from "./kernels/log.ts";
import { log1p } from "./kernels/log1p.ts";
import { logicalAnd } from "./kernels/logical-and.ts";
import { logicalNot } from "./kernels/logical-not.ts";
import { logicalOr } from "./kernels/logical-or.ts";
import { lrn } from "./kernels/lrn.ts";
import { lrnGrad } from "./kernels/lrn-grad.ts";
import { max } from "./kernels/max.ts";
import { maxPool } from "./kernels/max-pool.ts";
import { maxPoolGrad } from "./kernels/max-pool-grad.ts";
import { maximum } from "./kernels/maximum.ts";
import { mean } from "./kernels/mean.ts";
import { min } from "./kernels/min.ts";
import { minimum } from "./kernels/minimum.ts";
import { mirrorPad } from "./kernels/mirror-pad.ts";
import { mod } from "./kernels/mod.ts";
import { multiply } from "./kernels/multiply.ts";
import { neg } from "./kernels/neg.ts";
import { notEqual } from "./kernels/not-equal.ts";
import { oneHot } from "./kernels/one-hot.ts";
import { onesLike } from "./kernels/ones-like.ts";
import { pack } from "./kernels/pack.ts";
import { padV2 } from "./kernels/pad-v2.ts";
import { pow } from "./kernels/pow.ts";
import { prelu } from "./kernels/prelu.ts";
import { prod } from "./kernels/prod.ts";
import { range } from "./kernels/range.ts";
import { realDiv } from "./kernels/real-div.ts";
import { reciprocal } from "./kernels/reciprocal.ts";
import { relu } from "./kernels/relu.ts";
import { relu6 } from "./kernels/relu6.ts";
import { reshape } from "./kernels/reshape.ts";
import { resizeBilinear } from "./kernels/resize-bilinear.ts";
import { resizeBilinearGrad } from "./kernels/resize-bilinear-grad.ts";
import { resizeNearestNeighbor } from "./kernels/resize-nearest-neighbor.ts";
import { resizeNearestNeighborGrad } from "./kernels/resize-nearest-neighbor-grad.ts";
import { reverse } from "./kernels/reverse.ts";
import { round } from "./kernels/round.ts";
import { rsqrt } from "./kernels/rsqrt.ts";
import { select } from "./kernels/select.ts";
import { selu } from "./kernels/selu.ts";
import { sigmoid } from "./kernels/sigmoid.ts";
import { sign } from "./kernels/sign.ts";
import { sin } from "./kernels/sin.ts";
import { sinh } from "./kernels/sinh.ts";
import { slice } from "./kernels/slice.ts";
import { softmax } from "./kernels/softmax.ts";
import { softplus } from "./kernels/softplus.ts";
import { splitV } from "./kernels/split-v.ts";
import { sqrt } from "./kernels/sqrt.ts";
import { square } from "./kernels/square.ts";
import { squaredDifference } from "./kernels/squared-difference.ts";
import { step } from "./kernels/step.ts";
import { stridedSlice } from "./kernels/strided-slice.ts";
import { sub } from "./kernels/sub.ts";
import { sum } from "./kernels/sum.ts";
import { tan } from "./kernels/tan.ts";
import { tanh } from "./kernels/tanh.ts";
import { tile } from "./kernels/tile.ts";
import { topK } from "./kernels/top-k.ts";
import { transpose } from "./kernels/transpose.ts";
import { unpack } from "./kernels/unpack.ts";
import { unsortedSegmentSum } from "./kernels/unsorted-segment-sum.ts";
import { zerosLike } from "./kernels/zeros-like.ts";
import { MACROS } from "./macros/all-macros.ts";
import type { Kernel, KernelInputs } from "./record/kernel.ts";

/** The kernels that become part of a graph, one file each. */
const KERNELS: readonly Kernel[] = [
  abs,
  acos,
  acosh,
  addN,
  add,
  all,
  any,
  argMax,
  argMin,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  avgPoolGrad,
  avgPool,
  batchMatMul,
  cast,
  ceil,
  clipByValue,
  concat,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  conv2D,
  cos,
  cosh,
  cumprod,
  cumsum,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  depthwiseConv2dNative,
  einsum,
  eluGrad,
  elu,
  equal,
  erf,
  exp,
  expandDims,
  expm1,
  fill,
  floorDiv,
  floor,
  fusedBatchNorm,
  fusedConv2D,
  fusedDepthwiseConv2D,
  fusedMatMul,
  gatherNd,
  gatherV2,
  greaterEqual,
  greater,
  identity,
  isFiniteNumber,
  isInf,
  isNan,
  leakyRelu,
  lessEqual,
  less,
  linSpace,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  lrnGrad,
  lrn,
  maxPoolGrad,
  maxPool,
  max,
  maximum,
  mean,
  min,
  minimum,
  mirrorPad,
  mod,
  multiply,
  neg,
  notEqual,
  oneHot,
  onesLike,
  pack,
  padV2,
  pow,
  prelu,
  prod,
  range,
  realDiv,
  reciprocal,
  relu,
  relu6,
  reshape,
  resizeBilinearGrad,
  resizeBilinear,
  resizeNearestNeighborGrad,
  resizeNearestNeighbor,
  reverse,
  round,
  rsqrt,
  select,
  selu,
  sigmoid,
  sign,
  sin,
  sinh,
  slice,
  softmax,
  softplus,
  splitV,
  sqrt,
  square,
  squaredDifference,
  step,
  stridedSlice,
  sub,
  sum,
  tan,
  tanh,
  tile,
  topK,
  transpose,
  unpack,
  unsortedSegmentSum,
  zerosLike,
];

/** Registers every kernel that the cpu backend has: those it can as ONNX, the others as the cpu kernel. */
export function registerAllKernels(backendName: string): void {
  for (const kernel of [...KERNELS, ...MACROS]) registerOnnxKernel(kernel, backendName);
  const lowered = new Set(KERNELS.map(({ name }) => name));
  for (const { kernelName } of getKernelsForBackend("cpu")) {
    if (lowered.has(kernelName)) continue;
    const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) =>
      cpuKernel(backend as OnnxBackend, kernelName, inputs as KernelInputs, attrs);
    registerKernel({ kernelName, backendName, kernelFunc });
  }
}

/** Makes tfjs call a kernel, one of its own or a composite one, when the backend is active. */
export function registerOnnxKernel(kernel: Kernel, backendName: string): void {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }): TensorInfo | TensorInfo[] =>
    (backend as OnnxBackend).run(kernel, inputs as KernelInputs, attrs);
  registerKernel({ kernelName: kernel.name, backendName, kernelFunc });
}
