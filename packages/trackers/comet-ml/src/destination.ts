import type { FinishStatus } from "@acc/core";
import type { CometMessage } from "./message.ts";

/** Where messages go: an archive, or the service. */
export interface Destination {
  /**
   * Resolves once all are there. After a rejection the same messages come again, perhaps with others.
   *
   * @throws {TrackerUnreachableError} if the service does not take them now.
   */
  send(messages: readonly CometMessage[], signal: AbortSignal): Promise<void>;
  /** What another process needs to go on; plain JSON. */
  state(): { readonly [key: string]: unknown };
  /** Makes what was sent visible although more may come. */
  flush(): Promise<void>;
  /** Ends the run. A second call comes to the same. */
  finish(status: FinishStatus, endedMs: number): Promise<void>;
}
