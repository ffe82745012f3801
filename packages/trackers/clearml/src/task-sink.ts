import type { FinishStatus } from "@acc/core";
import type { Change } from "./change.ts";

/** Where the changes of a task go: a server, or a session on disk. */
export interface TaskSink {
  /** The task's id, once it is known. */
  readonly id: string | undefined;
  /** The task's page, where it has one. */
  readonly webPage: string | undefined;
  /**
   * Makes the changes, in order. If it rejects, all of them come again, perhaps in another process.
   *
   * @throws {TrackerUnreachableError} if the server does not take them for now.
   */
  record(changes: readonly Change[], signal?: AbortSignal): Promise<void>;
  /** Closes the task; a second call does nothing new. */
  finish(status: FinishStatus): Promise<void>;
}
