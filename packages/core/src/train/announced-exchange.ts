import type { SyncKind } from "./unsynced-models.ts";

/** What a rank knows about its next exchange when it computes the gradients. */
export type AnnouncedExchange = {
  /** Of every model, in the order in which they were prepared. */
  readonly kinds: readonly SyncKind[];
  /** The variables, by index, whose gradients of an earlier exchange are still there, and are averaged again. */
  readonly kept: readonly number[];
};
