import type { SendOptions } from "@acc/tracker-kit";
import type { ExistingRun } from "./client/queries.ts";
import type { Operation } from "./operation.ts";
import type { WandbState } from "./state.ts";

/** The destination of operations: a server, or a folder on disk. */
export interface Sink {
  /** What another process needs to go on. */
  readonly state: Pick<WandbState, "online" | "offline">;
  /** Names and address of the run, once they are known. */
  readonly place: RunPlace;
  /** Looks for the run that is to be resumed, once. @returns what it holds, if it is there. */
  lookUp(signal: AbortSignal): Promise<ExistingRun | undefined>;
  /**
   * Resolves when all operations are done. After a rejection the same operations come again, perhaps with others.
   *
   * @throws {TrackerUnreachableError} if the server or the disk does not take them now.
   */
  send(operations: readonly Operation[], options: SendOptions): Promise<void>;
}

/** What a run knows only once it is recorded. */
export type RunPlace = {
  readonly name: string | undefined;
  readonly entity: string | undefined;
  readonly url: string | undefined;
  readonly dir: string | undefined;
};
