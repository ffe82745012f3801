import { shorten } from "./safe-key.ts";
import { storableText } from "./storable-text.ts";

/** File systems allow 255 bytes; a character takes up to four, and the server may add a suffix. */
const MAX_SEGMENT = 60;
const MAX_SEGMENT_BYTES = 200;

/** A path that stays below the run's artifacts and that every server accepts; `_` replaces forbidden characters. */
export function artifactPath(...parts: readonly (string | undefined)[]): string {
  const segments = parts
    .flatMap((part) => storableText(part ?? "").split(/[/\\]/))
    .filter((segment) => segment !== "" && segment !== ".")
    .map((segment) => (/^\.+$/.test(segment) ? "_".repeat(segment.length) : segment))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are replaced
    .map((segment) => segment.replace(/[#?%:*"<>|\u0000-\u001f\u007f]/g, "_"))
    .map((segment) =>
      Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES ? segment : shorten(segment, MAX_SEGMENT),
    );
  return segments.join("/");
}

/** A name as one segment of such a path. */
export function artifactName(name: string): string {
  return artifactPath(name.replaceAll("/", "~")) || "_";
}
