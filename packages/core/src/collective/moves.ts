import type { NumericArray, ReduceOp } from "./collective.ts";
import type { HalfFormat } from "./half-precision.ts";
import type { Meeting } from "./meeting.ts";
import type { ReduceKernel } from "./reduce-kernel.ts";
import type { SharedGroup } from "./shared-group.ts";
import type { Region, SlotMemory } from "./slot-memory.ts";

/** Rounds of a copied operation move at most this much per rank, which bounds the memory of the group. */
export const SCRATCH_BYTES: number = 16 * 1024 * 1024;

/** How values come from rank to rank, once all have said what they are about to do. */
export interface Moves {
  /**
   * Reduces the slots of a region over all ranks, after every rank of this host has written its own. Each rank finds the
   * result in its slot once all ranks of this host have met again.
   *
   * @param values of the element type; their number is that of the slot.
   */
  reduce(region: Region, values: Float32Array | Int32Array, op: ReduceOp): void;
  /** The mean of 16-bit values, likewise. */
  averageHalf(region: Region, values: Uint16Array, format: HalfFormat): void;
  /** Overwrites `bytes` with those of a rank. Nobody uses them elsewhere when it returns. */
  broadcast(bytes: Uint8Array, fromRank: number): void;
  /** Copies the bytes of every rank to every rank; sizes may differ. */
  exchange(mine: Uint8Array, sizes: readonly number[], parts: readonly Uint8Array[]): void;
}

/** What one rank moves values with. */
export type MoveTools = {
  readonly group: SharedGroup;
  readonly meeting: Meeting;
  readonly memory: SlotMemory;
  readonly kernel: ReduceKernel;
};

/** What a rank reduces of a range of bytes: a whole number of 16-byte blocks, or what is left; undefined for nothing. */
export function shareOf(
  { from, to }: { readonly from: number; readonly to: number },
  member: number,
  members: number,
): { readonly start: number; readonly end: number } | undefined {
  const share = Math.ceil((to - from) / members / 16) * 16;
  const start = Math.min(from + member * share, to);
  const end = Math.min(start + share, to);
  return start === end ? undefined : { start, end };
}

/** The bytes of a typed array. */
export function bytesOf(buffer: NumericArray): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Bytes in pieces of at most so many. */
export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size);
}
