import type { Kernel } from "../record/kernel.ts";

/** Composite operations of our own, one file each, that are recorded as one kernel. */
export const MACROS: readonly Kernel[] = [];
