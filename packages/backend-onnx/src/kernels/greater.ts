import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const greater: Kernel = binary("Greater", "Greater", { result: "bool" });
