import {
  add,
  conv2d,
  depthwiseConv2d,
  fused,
  reshape,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { stateOf } from "../../step/engine-state.ts";
import type { ConvolutionAttributes } from "../kernels/convolution-geometry.ts";
import { hasOwnSizes } from "../kernels/convolution-sizes.ts";

/** What `tf.fused.conv2d` and `tf.fused.depthwiseConv2d` take. */
type Options = ConvolutionAttributes & {
  readonly x: Tensor4D;
  readonly filter: Tensor4D;
  readonly bias?: Tensor | null;
  readonly activation?: string;
};

type Fused = (options: Options) => Tensor4D;

/** Marks our functions: two copies of this package in one thread must not replace them twice. */
const OURS = Symbol.for("@acc/core fused convolution");

/**
 * Fused convolutions have a gradient of their own, which refuses dilated filters and channels first, and takes rounded
 * sizes to be others; `tf.layers.conv2d` uses them. These are computed as a convolution and a sum, whose gradients are right.
 */
export function correctFusedConvolutions(): void {
  const own = fused as unknown as Record<string, Fused & { [OURS]?: true }>;
  for (const [name, plain] of Object.entries({ conv2d, depthwiseConv2d })) {
    const stock = own[name];
    if (!stock || OURS in stock) continue;
    const corrected: Fused = (options) =>
      isCorrected(options) ? unfused(plain as typeof conv2d, options) : stock(options);
    // Where tfjs is loaded as ES modules, its functions cannot be replaced.
    Reflect.set(own, name, Object.assign(corrected, { [OURS]: true as const }));
  }
}

/** Other activations than "linear" are never fused where gradients are wanted. */
function isCorrected(options: Options): boolean {
  if (stateOf().gradientDepth === 0 || (options.activation ?? "linear") !== "linear") return false;
  const isDilated = [options.dilations ?? 1].flat().some((step) => step > 1);
  return isDilated || options.dataFormat === "NCHW" || hasOwnSizes(options.filter.shape, options);
}

function unfused(plain: typeof conv2d, options: Options): Tensor4D {
  const { x, filter, strides, pad, dataFormat, dilations, dimRoundingMode, bias } = options;
  const sums = plain(
    x,
    filter,
    strides as number,
    pad,
    dataFormat,
    (dilations ?? 1) as number,
    dimRoundingMode ?? undefined,
  );
  if (!bias) return sums;
  const isPerChannel = dataFormat === "NCHW" && bias.rank === 1;
  return add(sums, isPerChannel ? reshape(bias, [-1, 1, 1]) : bias);
}
