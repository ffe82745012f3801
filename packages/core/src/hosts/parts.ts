import { WIRE_BYTES } from "./host-group.ts";

export type Place = { readonly start: number; readonly end: number };

/** How many bytes of every rank one round brings to all. */
export function partBytesOf(worldSize: number): number {
  return Math.floor(WIRE_BYTES / worldSize / 16) * 16;
}

/** Where on the wire the next part of each rank lies: one behind the other, so those of one host are one block. */
export function placeParts(sizes: readonly number[], from: number, partBytes: number): Place[] {
  let end = 0;
  return sizes.map((size) => {
    const start = end;
    end = start + Math.min(Math.max(size - from, 0), partBytes);
    return { start, end };
  });
}
