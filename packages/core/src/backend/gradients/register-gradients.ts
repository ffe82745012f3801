import { type GradConfig, getGradient, registerGradient } from "@tensorflow/tfjs-core";
import { averagePoolGradient } from "./average-pool.ts";
import { batchNormalizationGradient } from "./batch-normalization.ts";
import { broadcastGradient } from "./broadcast.ts";
import { comparisonGradients } from "./comparison.ts";
import { convolutionGradient } from "./convolution.ts";
import { cumprodGradient, cumsumGradient } from "./cumulative.ts";
import { correctFusedConvolutions } from "./fused-convolution.ts";
import { gatherGradient } from "./gather.ts";
import { maxPoolGradient } from "./max-pool.ts";
import { mirrorPadGradient } from "./mirror-pad.ts";
import { partsGradient } from "./parts.ts";
import { productGradient } from "./product.ts";
import { tileGradient } from "./tile.ts";
import { transposedConvolution3DGradient } from "./transposed-convolution-3d.ts";

/** What replaces gradients that tfjs refuses, computes wrongly for some calls, or makes of many calls. */
const REPLACEMENTS: Readonly<Record<string, (stock: GradConfig) => GradConfig>> = {
  AvgPool: averagePoolGradient,
  AvgPool3D: averagePoolGradient,
  BatchMatMul: broadcastGradient,
  MaxPool: () => maxPoolGradient,
  Maximum: broadcastGradient,
  Minimum: broadcastGradient,
  MirrorPad: () => mirrorPadGradient,
  SquaredDifference: broadcastGradient,
  Conv2D: convolutionGradient("Conv2DBackprop"),
  FusedBatchNorm: batchNormalizationGradient,
  DepthwiseConv2dNative: convolutionGradient("DepthwiseConv2dNativeBackprop"),
  Cumsum: () => cumsumGradient,
  GatherV2: () => gatherGradient,
  Prod: productGradient,
  SplitV: partsGradient,
  Tile: () => tileGradient,
  Unpack: partsGradient,
};

/** Marks our gradients: two copies of this package in one thread must not replace them twice. */
const OURS = Symbol.for("@acc/core gradient");

/** Corrects the gradients of this thread, once. */
export function registerGradients(): void {
  registerGradient(cumprodGradient);
  for (const gradient of comparisonGradients()) registerGradient(gradient);
  registerGradient(transposedConvolution3DGradient);
  correctFusedConvolutions();
  for (const [name, replace] of Object.entries(REPLACEMENTS)) {
    const stock = getGradient(name); // tfjs-core alone registers none
    if (!stock || OURS in stock) continue;
    registerGradient(Object.assign(replace(stock), { [OURS]: true }));
  }
}
