import { createHash } from "node:crypto";

/** An id of 32 hexadecimal digits, the same in every attempt to record the same. */
export function idOf(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 32);
}
