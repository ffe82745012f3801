import type { Kernel } from "../record/kernel.ts";
import { reduction } from "./families/reduction.ts";

export const max: Kernel = reduction("Max", "ReduceMax", { dropsNan: true });
