import { idOf } from "./identity.ts";

/** File systems allow 255 bytes; a character takes up to four. */
const MAX_BYTES = 200;
const MAX_CHARACTERS = 40;
const HASH_DIGITS = 8;

/** A name as one segment of a path, on every system; `_` replaces what is not allowed. */
export function safeSegment(name: string): string {
  const safe = name
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are replaced
    .replaceAll(/[/\\:*?"<>|\u0000-\u001f\u007f]/g, "_")
    .replace(/^\.+$/, (dots) => "_".repeat(dots.length));
  if (safe === "") return "_";
  if (Buffer.byteLength(safe) <= MAX_BYTES) return safe;
  return `${[...safe].slice(0, MAX_CHARACTERS).join("")}_${idOf(name).slice(0, HASH_DIGITS)}`;
}

/** A path below a folder: each part as `safeSegment`, empty ones left out. */
export function safePath(path: string): string {
  const segments = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  return segments.map(safeSegment).join("/") || "_";
}
