import type { FinishStatus } from "@acc/core/tracker";
import type { SendOptions } from "@acc/tracker-kit";
import type { Operation } from "./operation.ts";
import type { CometState } from "./state.ts";

/** The destination of operations: the service, or an archive on disk. */
export interface Sink {
  /** What another process needs to go on. */
  readonly state: Pick<CometState, "archive" | "online">;
  /** The experiment's key at the service, once it is known. */
  readonly key: string | undefined;
  /**
   * Resolves when all operations are done. After a rejection the same operations come again, perhaps with others.
   *
   * @throws {TrackerUnreachableError} if the service does not take them now.
   */
  send(operations: readonly Operation[], options: SendOptions): Promise<void>;
  /** Makes the sent operations visible before the run ends. */
  flush(): Promise<void>;
  /** Ends the run. It is idempotent. */
  finish(status: FinishStatus, endedMs: number): Promise<void>;
}
