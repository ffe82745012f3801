import type { Kernel } from "../record/kernel.ts";
import { binary } from "./families/binary.ts";

export const equal: Kernel = binary("Equal", "Equal", {
  types: ["float32", "int32", "bool"],
  result: "bool",
});
