import type { SendOptions } from "@acc/tracker-kit";
import type { Operation } from "./operation.ts";
import type { FoundRun } from "./state.ts";

/** Where a run is recorded: a folder of Trackio on this machine, or a server. */
export interface Sink {
  /**
   * The latest run of a name.
   *
   * @throws {TrackerUnreachableError} if Trackio cannot be asked.
   */
  find(project: string, name: string, signal: AbortSignal): Promise<FoundRun | undefined>;
  /**
   * Resolves when all operations are done. After a rejection the same operations come again, perhaps in another process.
   *
   * @throws {TrackerUnreachableError} if Trackio does not take them now.
   */
  send(operations: readonly Operation[], options: SendOptions): Promise<void>;
}
