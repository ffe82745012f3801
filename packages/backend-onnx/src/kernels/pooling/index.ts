import type { Kernel } from "../../lowering/kernel.ts";
import { AVERAGE_POOLING } from "./average.ts";
import { MAXIMUM_POOLING } from "./maximum.ts";

/** Pooling of images and its gradients. */
export const POOLING: readonly Kernel[] = [...AVERAGE_POOLING, ...MAXIMUM_POOLING];
