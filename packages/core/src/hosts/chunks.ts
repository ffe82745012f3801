/** A pipeline of several hosts is full with some chunks; smaller ones cost more than they win. */
const CHUNKS = 8;
const SMALLEST = 64 * 1024;
/** A larger one makes the last host wait for the first chunk. */
const LARGEST = 512 * 1024;

/** Chunks that a host is ready to receive ahead of the one that it works on. */
export const AHEAD = 16;

/** How much travels at a time of so many bytes: the same on every host, a multiple of 16. */
export function chunkBytesOf(sizeBytes: number): number {
  const share = Math.ceil(sizeBytes / CHUNKS / 16) * 16;
  return Math.min(LARGEST, Math.max(SMALLEST, share));
}
