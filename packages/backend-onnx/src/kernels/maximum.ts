import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const maximum: Kernel = binary("Maximum", "Max");
