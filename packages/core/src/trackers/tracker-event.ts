import type { ImageData, LogContext, LogValues, RunConfig } from "./log-value.ts";

/** Something to record. `target` names one tracker; without it the event goes to all of them. */
export type TrackerEvent =
  | { readonly type: "config"; readonly values: RunConfig; readonly target?: string }
  | {
      readonly type: "metrics";
      readonly values: LogValues;
      readonly context: LogContext;
      readonly target?: string;
    }
  | {
      readonly type: "images";
      readonly values: Record<string, ImageData>;
      readonly context: LogContext;
      readonly target?: string;
    };

/** How far a channel of trackers got, for the report at the end. */
export type TrackerReport = {
  readonly name: string;
  readonly delivered: number;
  readonly failed: number;
  /** Message of the first failure. */
  readonly firstError?: string;
};
