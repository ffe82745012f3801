import type {
  ArtifactData,
  ImageData,
  LogContext,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";

/** Something to record. `target` names one tracker; without it the event goes to all of them. */
export type TrackerEvent = { readonly target?: string } & (
  | { readonly type: "config"; readonly values: RunConfig }
  | { readonly type: "metrics"; readonly values: LogValues; readonly context: LogContext }
  | {
      readonly type: "images";
      readonly values: Record<string, ImageData>;
      readonly context: LogContext;
    }
  | {
      readonly type: "tables";
      readonly values: Record<string, TableData>;
      readonly context: LogContext;
    }
  | { readonly type: "artifact"; readonly artifact: ArtifactData; readonly context: LogContext }
);

/** How far a channel of trackers got, for the report at the end. */
export type TrackerReport = {
  readonly name: string;
  readonly delivered: number;
  readonly failed: number;
  /** Message of the first failure. */
  readonly firstError?: string;
};
