import type { Kernel } from "../../lowering/kernel.ts";
import { RESIZE } from "./resize.ts";
import { RESIZE_GRADIENT } from "./resize-gradient.ts";

/** Kernels of `tf.image`. */
export const IMAGE: readonly Kernel[] = [...RESIZE, ...RESIZE_GRADIENT];
