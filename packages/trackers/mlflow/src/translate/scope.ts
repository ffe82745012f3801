import type { LeaveOut } from "@acc/tracker-kit";
import type { Recording } from "./recording.ts";

/** The values that the translation of one event may use and change. */
export type EventScope = {
  readonly recording: Recording;
  readonly leaveOut: LeaveOut;
  /** The same in every attempt and different for every event: ids and file names are made from it. */
  readonly identity: string;
  readonly sequence: number;
};
