import type { FinishStatus } from "@acc/core/tracker";
import type { SendOptions } from "@acc/tracker-kit";
import type { Operation } from "./operation.ts";
import type { OfflineState, OnlineState } from "./state.ts";

/** The destination of operations: a task of a server, or a session on disk. */
export interface Sink {
  /** What another process needs to go on. */
  readonly state: OnlineState | OfflineState;
  /** The task's id, once it is known. */
  readonly id: string | undefined;
  /** The URL of the task's page, if it has one. */
  readonly webPage: string | undefined;
  /**
   * Resolves when all operations are done. After a rejection the same operations come again, perhaps in another process.
   *
   * @throws {TrackerUnreachableError} if the server does not take them now.
   */
  send(operations: readonly Operation[], options: SendOptions): Promise<void>;
  /** Closes the task. It is idempotent. */
  finish(status: FinishStatus): Promise<void>;
}
