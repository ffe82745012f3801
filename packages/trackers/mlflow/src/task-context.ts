import type { LeftOut } from "@acc/tracker-kit";
import type { Recording } from "./recording.ts";

/** Where events become tasks: what was recorded before, and where to count what cannot be. */
export type TaskContext = {
  readonly recording: Recording;
  readonly leftOut: Pick<LeftOut, "add">;
  /** The same in every attempt, another for every event: what makes ids and file names. */
  readonly identity: string;
  readonly sequence: number;
};
