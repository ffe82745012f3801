export type PortionLimits = {
  readonly maxItems: number;
  /** Of all texts of a portion, in UTF-8. */
  readonly maxBytes: number;
};

/**
 * Divides texts into portions that a service accepts as one request, in order. A text above the limit is a portion by
 * itself.
 */
export function portions(
  texts: readonly string[],
  { maxItems, maxBytes }: PortionLimits,
): string[][] {
  const parts: string[][] = [];
  let size = 0;
  for (const text of texts) {
    const bytes = Buffer.byteLength(text) + SEPARATOR_BYTES;
    const part = parts.at(-1);
    if (part && part.length < maxItems && size + bytes <= maxBytes) {
      part.push(text);
      size += bytes;
    } else {
      parts.push([text]);
      size = bytes;
    }
  }
  return parts;
}

/** Between two texts: a line break, or a comma and a space. */
const SEPARATOR_BYTES = 2;
