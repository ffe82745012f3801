import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const lessEqual: Kernel = binary("LessEqual", "LessOrEqual", { result: "bool" });
