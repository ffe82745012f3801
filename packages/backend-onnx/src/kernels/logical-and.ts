import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const logicalAnd: Kernel = binary("LogicalAnd", "And", { types: ["bool"] });
