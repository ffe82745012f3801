import { createHash } from "node:crypto";

/** File systems allow 255 bytes per name; step, digits and extension are added to it. */
const MAX_BYTES = 150;
const HASH_DIGITS = 12;

/**
 * A key as a relative path that stays below its folder on every operating system: `/` makes folders, as services show them;
 * `..`, empty parts and characters that Windows refuses are replaced, long parts are cut and distinguished by a hash.
 */
export function safePath(key: string): string {
  const parts = key.split("/").map((part) => {
    const name = part
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
      .replace(/[\\:*?"<>|\u0000-\u001f\ud800-\udfff]/gu, "_")
      .replace(/^\.+$/, (dots) => "_".repeat(dots.length));
    if (Buffer.byteLength(name) <= MAX_BYTES) return name || "_";
    const hash = createHash("sha256").update(part).digest("hex").slice(0, HASH_DIGITS);
    // A cut within a character ends in the replacement sign, which is a legal name.
    return `${Buffer.from(name).subarray(0, MAX_BYTES).toString("utf8")}-${hash}`;
  });
  return parts.join("/");
}
