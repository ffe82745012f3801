import { createHash } from "node:crypto";

const MAX_KEY = 250;
const HASH_DIGITS = 8;

/**
 * The name under which MLflow accepts a metric, parameter or tag: letters and digits of any script and `_-.:/ `, a path
 * in normal form, at most 250 characters. A name that MLflow accepts does not change.
 */
export function safeKey(key: string): string {
  const segments = key
    .replace(/[^\p{L}\p{N}_\-.:/ ]/gu, "_")
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".")
    .map((segment) => (segment === ".." ? "__" : segment));
  // Two dots at the start are refused even in a name such as "..a".
  const path = segments.join("/").replace(/^\.+(?=\.)/, (dots) => "_".repeat(dots.length));
  return shorten(path === "" || path === "." ? "_" : path, MAX_KEY);
}

/** Cuts a name to a length in characters. A hash at the end distinguishes names that begin with the same text. */
export function shorten(name: string, maxLength: number): string {
  const characters = [...name];
  if (characters.length <= maxLength) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_DIGITS);
  return `${characters.slice(0, maxLength - HASH_DIGITS - 1).join("")}_${hash}`;
}
