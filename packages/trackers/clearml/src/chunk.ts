const MAX_EVENTS = 1000;
/** The server refuses requests above 15 728 640 bytes. */
const MAX_BYTES = 10 * 2 ** 20;

/** Encoded events in portions that the server takes as one request, in order. */
export function chunk(events: readonly string[]): string[][] {
  const parts: string[][] = [];
  let size = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(event) + 2;
    const part = parts.at(-1);
    if (part && part.length < MAX_EVENTS && size + bytes <= MAX_BYTES) {
      part.push(event);
      size += bytes;
    } else {
      parts.push([event]);
      size = bytes;
    }
  }
  return parts;
}
