import type { Kernel } from "../../lowering/kernel.ts";
import { CUMULATIVE } from "./cumulative.ts";
import { EXTREMES } from "./extremes.ts";
import { REDUCE } from "./reduce.ts";

/** Kernels that combine the elements along an axis. */
export const REDUCTION: readonly Kernel[] = [...CUMULATIVE, ...EXTREMES, ...REDUCE];
