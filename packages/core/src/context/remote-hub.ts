import type { FinishStatus } from "../tracker-contract/log-value.ts";
import type { PostedEvent } from "../tracker-contract/tracker-event.ts";
import type { NativeMembers } from "./native-members.ts";
import type { LogOptionRules, RunPlace, TrackerRequest } from "./tracker-request.ts";

/** Trackers that run on another thread, seen from a replica. */
export type RemoteTrackers = {
  /** The native run object of every source; its members are asynchronous. */
  readonly natives: readonly unknown[];
  /** The members of each, as far as they are known. */
  readonly members: readonly (NativeMembers | undefined)[];
  readonly logOptionRules: LogOptionRules;
  /** The run; undefined if it has no journal. */
  readonly run: RunPlace | undefined;
  /**
   * Sends an event. Blocks this thread while the other one has no place for it, at most 5 s after that last came forward.
   *
   * @param bytes about how large the event is.
   */
  post(event: PostedEvent, bytes: number): void;
  /** Resolves once everything posted before is on the disk. */
  flush(): Promise<void>;
  /** Closes the trackers once everything posted before has been recorded. */
  finish(status: FinishStatus): Promise<void>;
};

/** Another thread that runs trackers. */
export interface RemoteHub {
  start(request: TrackerRequest): Promise<RemoteTrackers>;
}
