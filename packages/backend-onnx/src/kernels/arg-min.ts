import type { Kernel } from "../record/kernel.ts";
import { firstExtreme } from "./families/first-extreme.ts";

export const argMin: Kernel = firstExtreme("ArgMin", Infinity);
