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
 * `call` is how the user knows the operation ("gather", "backward"); it stands in error messages.
 *
 * @throws {AcceleratorError} from every method: `COLLECTIVE_MISMATCH` on all ranks if they disagree on the
 *   operation, the number of elements, the dtype or the parameters; `COLLECTIVE_TIMEOUT` if a rank stays
 *   away longer than the group's time limit; `COLLECTIVE_ABORTED` if another replica failed. After any of
 *   them the group is dead and every further call throws.
 */
export interface Collective {
  /** Index of this replica, `0 <= rank < worldSize`. */
  readonly rank: number;
  readonly worldSize: number;

  /** Returns once every rank has called it. */
  barrier(call?: string): void;

  /**
   * A zeroed float32 buffer, shape `[length]`, that `allReduce` reduces without copying it in or out. It
   * lives as long as the group. Collective: every rank asks for the same length in the same order.
   */
  allocate(length: number, call?: string): Float32Array;

  /**
   * Reduces `buffer` element-wise over all ranks, in place. Every rank ends with identical bits, and every
   * run gives the same bits: values are combined in rank order.
   *
   * @param buffer values, shape `[n]`; `n` and the element type must be equal on every rank.
   */
  allReduce(buffer: Float32Array | Int32Array, op: ReduceOp, call?: string): void;

  /** Overwrites `buffer`, shape `[n]`, on every rank with the one of `fromRank`. */
  broadcast(buffer: NumericArray, fromRank: number, call?: string): void;

  /** The buffers of all ranks in rank order, shape `[n]` each; `n` must be equal on every rank. */
  allGather<T extends NumericArray>(buffer: T, call?: string): T[];

  /** The values of all ranks in rank order, by structured clone: no functions, no class instances. */
  allGatherObject<T>(value: T, call?: string): T[];

  /** The value of `fromRank`, by structured clone, on every rank. What the others pass is ignored. */
  broadcastObject<T>(value: T, fromRank: number, call?: string): T;
}
