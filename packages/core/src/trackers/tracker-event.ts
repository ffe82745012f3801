import type {
  ArtifactData,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";
import type { TrackerLogOptions } from "./tracker-options.ts";

/**
 * Something to record. `target` names one tracker; without it the event goes to all of them. `logOptions` are what the
 * user asked of each, by name; a tracker gets its own as `context.options`.
 */
export type TrackerEvent = {
  readonly target?: string;
  readonly logOptions?: TrackerLogOptions;
} & (
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
  | {
      /** A call of the native run object that is none of the above, such as adding a tag. */
      readonly type: "call";
      readonly method: string;
      readonly args: readonly LogValue[];
      readonly context: LogContext;
    }
);

/** An event with its place in the run, counted from 0: the same in every attempt to deliver it. */
export type DeliveredEvent = TrackerEvent & { readonly sequence: number };

/** How far a channel of trackers got, for the report at the end. */
export type TrackerReport = {
  readonly name: string;
  readonly delivered: number;
  readonly failed: number;
  /** Message of the first failure. */
  readonly firstError?: string;
  /** The first entry that it has not got. */
  readonly sequence: number;
  /** Whether it closed the run. */
  readonly isComplete: boolean;
  /** Why it has not got everything. */
  readonly obstacle?: string;
};
