import type { RankClock } from "../rank-clock.ts";

/** What the host asks of a running group: to save a checkpoint and go on, or to save one and end. */
export type HostRequest = "save" | "SIGINT" | "SIGTERM";

/** Requests as they stand in shared memory; 0 is none. */
export const REQUESTS: readonly HostRequest[] = ["save", "SIGINT", "SIGTERM"];

/**
 * How long a script may take from a signal to its end, if it saves checkpoints: schedulers of clusters usually wait 30 seconds
 * between SIGTERM and SIGKILL.
 */
export const GRACE_MS = 25_000;

/** What the host asks of a group while it trains, and what it sees of it. Nothing here waits. */
export interface Supervision {
  /** Says that this script saves checkpoints. A group that did not say so is ended by a signal at once. */
  acceptRequests(): void;
  /**
   * What the host asks. All ranks see the same between two collectives: they learn of it in the collective that
   * follows the request.
   */
  readonly request: HostRequest | undefined;
  /** The request is fulfilled: the next one may come. */
  clearRequest(): void;
  /** How this rank spends its time, for the host to see that it moves. */
  readonly clock: RankClock;
}
