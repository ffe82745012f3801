import type { HalfFormat } from "./half-precision.ts";
import type { Supervision } from "./supervision.ts";

/** How values of several ranks become one. `"mean"` sums in rank order, then divides. */
export type ReduceOp = "sum" | "mean" | "max" | "min";

/** Element types that tfjs tensors hold in a flat buffer. */
export type NumericArray = Float32Array | Int32Array | Uint8Array;

/**
 * Operations that all replicas of a run perform together, in the same order on every rank.
 *
 * Every method blocks the calling thread until all ranks have made the same call. Before data moves, the
 * ranks compare what they are about to do.
 *
 * `call` is the name of the operation in the public API ("gather", "backward"), for error messages.
 *
 * @throws {AcceleratorError} from every method: `COLLECTIVE_MISMATCH` on all ranks if they disagree on the
 *   operation, the number of elements, the dtype or the parameters: the next call that they agree on works.
 *   `COLLECTIVE_RANK_ENDED` if the script of a rank has ended: no collective can work again.
 *   `COLLECTIVE_TIMEOUT` if a rank stays away longer than the group's time limit; `COLLECTIVE_ABORTED` if
 *   another replica failed. After these two the group is dead and every further call throws the same.
 */
export interface Collective {
  /** Index of this replica, `0 <= rank < worldSize`. */
  readonly rank: number;
  readonly worldSize: number;
  /** Index of this replica among those of its host; equal to `rank` where all run on one. */
  readonly localRank: number;
  /** Number of replicas on this host. */
  readonly localWorldSize: number;
  /** What the host asks of the group. */
  readonly supervision: Supervision;

  /** Returns once every rank has called it. */
  barrier(call?: string): void;

  /**
   * A zeroed float32 buffer, shape `[length]`, that `allReduce` reduces without copying it in or out. It
   * lives as long as the group, or until it is released. Collective: every rank asks for the same length in the same
   * order. It throws `SHARED_MEMORY_EXHAUSTED` if there is not enough left.
   */
  allocate(length: number, call?: string): Float32Array;

  /** The same for 16-bit values, which `averageHalf` reduces. */
  allocateHalf(length: number, format: HalfFormat, call?: string): Uint16Array;

  /**
   * Gives back a buffer of `allocate` or `allocateHalf`, for buffers to come: nothing may read or write it from now on. Collective: every
   * rank releases the same one.
   */
  release(buffer: Float32Array | Uint16Array, call?: string): void;

  /**
   * Bytes that all ranks of this host see, the same area for every call, at an address that is a multiple of 16. Their
   * content is undefined, and the area may move when a longer one is asked for. Collective: every rank asks for the same
   * length. It throws `SHARED_MEMORY_EXHAUSTED` if there is not enough left.
   */
  share(byteLength: number, call?: string): Uint8Array;

  /**
   * Cells that rank 0 writes and all ranks see, zero at the start: notices that need no meeting. Ranks of other hosts see
   * a change some milliseconds later; in the collective that follows it at the latest.
   */
  readonly cells: Int32Array;

  /**
   * Reduces `buffer` element-wise over all ranks, in place. Every rank ends with identical bits, and every
   * run gives the same bits: values are combined in rank order.
   *
   * @param buffer values, shape `[n]`; `n` and the element type must be equal on every rank.
   */
  allReduce(buffer: Float32Array | Int32Array, op: ReduceOp, call?: string): void;

  /**
   * Replaces `buffer`, which `allocateHalf` made, by its mean over all ranks: summed in float32 in rank order, and rounded
   * once. Every rank ends with identical bits.
   */
  averageHalf(buffer: Uint16Array, format: HalfFormat, call?: string): void;

  /** Overwrites `buffer`, shape `[n]`, on every rank with the one of `fromRank`. */
  broadcast(buffer: NumericArray, fromRank: number, call?: string): void;

  /** The buffers of all ranks in rank order, shape `[n]` each; `n` must be equal on every rank. */
  allGather<T extends NumericArray>(buffer: T, call?: string): T[];

  /** The values of all ranks in rank order, by structured clone: no functions, no class instances. */
  allGatherObject<T>(value: T, call?: string): T[];

  /** The value of `fromRank`, by structured clone, on every rank. What the others pass is ignored. */
  broadcastObject<T>(value: T, fromRank: number, call?: string): T;
}
