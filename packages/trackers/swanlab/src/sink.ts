import type { SendOptions } from "@acc/tracker-kit";
import type { LastSteps } from "./client/answers.ts";
import type { Operation } from "./operation.ts";
import type { SwanLabState } from "./state.ts";

/** The destination of operations: the service, or a folder on disk. */
export interface Sink {
  /** What another process needs to go on. */
  readonly state: Pick<SwanLabState, "online" | "offline">;
  /** Names and address of the run, once they are known. */
  readonly place: RunPlace;
  /**
   * Begins the run, or opens it again, once. Its state is to be saved before anything is sent.
   *
   * @returns the last steps of a run that is resumed.
   * @throws {TrackerUnreachableError} `permanent` if the run cannot be begun.
   */
  open(signal: AbortSignal): Promise<LastSteps | undefined>;
  /**
   * Resolves when all operations are done. After a rejection the same operations come again, perhaps with others.
   *
   * @throws {TrackerUnreachableError} if the service or the disk does not take them now.
   */
  send(operations: readonly Operation[], options: SendOptions): Promise<void>;
}

/** What a run knows only once it is recorded. */
export type RunPlace = {
  readonly workspace: string | undefined;
  readonly name: string;
  readonly url: string | undefined;
  readonly dir: string | undefined;
};
