import { createHash } from "node:crypto";
import { wellFormed } from "@acc/tracker-kit";

/** The search engine behind the server refuses a whole batch for one name above 32 766 bytes. */
const MAX_LENGTH = 8000;

/** A title, series, section or key that the server accepts; a longer one is cut and ends with a digest. */
export function nameOf(text: string): string {
  const name = wellFormed(text);
  if (name.length <= MAX_LENGTH) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return `${wellFormed(name.slice(0, MAX_LENGTH))}-${digest}`;
}
