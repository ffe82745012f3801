import type { Kernel } from "../record/kernel.ts";
import { linearWeights } from "./families/interpolation.ts";
import { resizeGradient } from "./families/resize-gradient.ts";

/** For any batch and size; the cpu kernel is wrong for images that are not square. */
export const resizeBilinearGrad: Kernel = resizeGradient("ResizeBilinearGrad", linearWeights);
