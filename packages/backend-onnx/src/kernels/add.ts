import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const add: Kernel = binary("Add", "Add");
