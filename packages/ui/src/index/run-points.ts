import type { Points } from "./points.ts";

/** Another process went on: then this time, after nothing was recorded since that one. */
export type Pause = { readonly fromMs: number; readonly toMs: number };

/** What charts need of a run. */
export type RunPoints = {
  readonly about: { readonly startedMs: number };
  readonly pauses: readonly Pause[];
  /** The first step that was logged. */
  readonly firstStep: number | undefined;
  readonly keys: ReadonlyMap<
    string,
    { readonly points: Points; readonly rewound: Points | undefined }
  >;
};
