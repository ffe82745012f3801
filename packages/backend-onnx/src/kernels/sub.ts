import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const sub: Kernel = binary("Sub", "Sub");
