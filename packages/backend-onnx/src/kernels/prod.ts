import type { Kernel } from "../record/kernel.ts";
import { reduction } from "./families/reduction.ts";

export const prod: Kernel = reduction("Prod", "ReduceProd");
