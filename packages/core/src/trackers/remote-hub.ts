import type { TrackerRequest } from "./create-trackers.ts";
import type { FinishStatus } from "./log-value.ts";
import type { TrackerEvent } from "./tracker-event.ts";

/** Trackers that run on another thread, seen from a replica. */
export interface RemoteHub {
  /** @returns the native run object of every source; its members are asynchronous. */
  start(request: TrackerRequest): Promise<unknown[]>;
  /** Sends an event without waiting. */
  post(event: TrackerEvent): void;
  /** Resolves once everything posted before is on the disk. */
  sync(): Promise<void>;
  /** Closes the trackers once everything posted before has been recorded. */
  finish(status: FinishStatus): Promise<void>;
}
