import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const logicalOr: Kernel = binary("LogicalOr", "Or", { types: ["bool"] });
