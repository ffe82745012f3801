import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const realDiv: Kernel = binary("RealDiv", "Div", { types: ["float32"] });
