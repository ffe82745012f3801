import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const less: Kernel = binary("Less", "Less", { result: "bool" });
