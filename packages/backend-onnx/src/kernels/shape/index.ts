import type { Kernel } from "../../lowering/kernel.ts";
import { JOINING } from "./joining.ts";
import { REARRANGING } from "./rearranging.ts";
import { SLICING } from "./slicing.ts";
import { VIEWS } from "./views.ts";

/** Kernels that move elements and compute nothing. */
export const SHAPE: readonly Kernel[] = [...JOINING, ...REARRANGING, ...SLICING, ...VIEWS];
