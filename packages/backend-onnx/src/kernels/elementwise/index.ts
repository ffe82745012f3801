import type { Kernel } from "../../lowering/kernel.ts";
import { ACTIVATION } from "./activation.ts";
import { ARITHMETIC } from "./arithmetic.ts";
import { COMPARISON } from "./comparison.ts";
import { MATH } from "./math.ts";

/** Kernels that compute every element of the result independently. */
export const ELEMENTWISE: readonly Kernel[] = [
  ...ACTIVATION,
  ...ARITHMETIC,
  ...COMPARISON,
  ...MATH,
];
