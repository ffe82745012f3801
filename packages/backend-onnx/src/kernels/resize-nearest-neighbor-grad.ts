import type { Kernel } from "../record/kernel.ts";
import { nearestWeights } from "./families/interpolation.ts";
import { resizeGradient } from "./families/resize-gradient.ts";

/** For any batch and size; the cpu kernel is wrong for more than one image. */
export const resizeNearestNeighborGrad: Kernel = resizeGradient(
  "ResizeNearestNeighborGrad",
  nearestWeights,
);
