import type { Kernel } from "../record/kernel.ts";
import { reduction } from "./families/reduction.ts";

export const min: Kernel = reduction("Min", "ReduceMin", { dropsNan: true });
