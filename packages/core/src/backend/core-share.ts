import { availableParallelism } from "node:os";

/** Threads that each of so many replicas of this machine may use. */
export function coreShare(replicas: number): number {
  return Math.max(1, Math.floor(availableParallelism() / replicas));
}
