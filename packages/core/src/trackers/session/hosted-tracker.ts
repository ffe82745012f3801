import type { LogContext, LogValue } from "../../tracker-contract/log-value.ts";
import { PostingTracker, timed } from "../../tracker-contract/posting-tracker.ts";
import type { TrackerEvent } from "../../tracker-contract/tracker-event.ts";

/** A tracker that runs on the host thread, as its replica sees it. Calls are sent without waiting. */
export class HostedTracker extends PostingTracker {
  readonly name: string;
  readonly requiresLoggingDirectory = false; // checked where it was created
  readonly #native: unknown;

  constructor(name: string, native: unknown, post: (event: TrackerEvent) => void) {
    super(post);
    this.name = name;
    this.#native = native;
  }

  /** The native run object over comlink: every member is asynchronous. */
  get tracker(): unknown {
    return this.#native;
  }

  override call(method: string, args: readonly LogValue[], context: LogContext = {}): void {
    this.postEvent({ type: "call", method, args, context: timed(context) });
  }
}
