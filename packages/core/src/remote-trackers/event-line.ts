import type { PostedEvent } from "../tracker-contract/tracker-event.ts";
import { type Backlog, createBacklog } from "./backlog.ts";
import { createNumberRing, type NumberRing } from "./number-ring.ts";

/** The way of events to the thread that has the journal: what both threads share. Messages go beside it. */
export type EventLine = {
  readonly backlog: Backlog;
  readonly ring: NumberRing;
};

export function createEventLine(): EventLine {
  return { backlog: createBacklog(), ring: createNumberRing() };
}

/** A message beside the ring. */
export type LineMessage =
  /** An event that the ring cannot hold. @property index its place among all events. */
  | {
      readonly type: "event";
      readonly event: PostedEvent;
      readonly index: number;
      readonly weight: number;
    }
  /** Look into the ring. */
  | { readonly type: "look" };
