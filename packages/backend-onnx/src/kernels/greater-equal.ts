import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const greaterEqual: Kernel = binary("GreaterEqual", "GreaterOrEqual", { result: "bool" });
