import type {
  ArtifactData,
  FigureData,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";
import type { MediaData, PostedMedia } from "./media-data.ts";
import type { MonitorEvent } from "./monitoring.ts";
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
  | ValuesByName<"metrics", LogValues>
  | ValuesByName<"images", Record<string, ImageData>>
  | ValuesByName<"tables", Record<string, TableData>>
  | ValuesByName<"figures", Record<string, FigureData>>
  | ValuesByName<"media", Record<string, MediaData>>
  | { readonly type: "artifact"; readonly artifact: ArtifactData; readonly context: LogContext }
  | {
      /** A call of the native run object that is none of the above, such as adding a tag. */
      readonly type: "call";
      readonly method: string;
      readonly args: readonly LogValue[];
      readonly context: LogContext;
    }
);

type ValuesByName<Type, Values> = {
  readonly type: Type;
  readonly values: Values;
  readonly context: LogContext;
};

/** Media whose bytes are still to be encoded or read: it becomes a `"media"` event before it enters the journal. */
export type PostedMediaEvent = Pick<TrackerEvent, "target" | "logOptions"> &
  ValuesByName<"postedMedia", Record<string, PostedMedia>>;

/** The place of a checkpoint among the events of a run. It is for the journal: no tracker gets it. */
export type CheckpointMark = {
  readonly type: "checkpoint";
  /** As in the checkpoint's manifest. */
  readonly id: string;
};

/** What the log of a run takes. */
export type RunEvent = TrackerEvent | MonitorEvent | CheckpointMark;

/** What a replica, or a tracker, sends to the log of a run. */
export type PostedEvent = RunEvent | PostedMediaEvent;

/** An event with its place in the run, counted from 0: the same in every attempt to deliver it. */
export type DeliveredEvent = (TrackerEvent | MonitorEvent) & { readonly sequence: number };

/** How much a tracker's channel has delivered, for the report at the end. */
export type TrackerReport = {
  readonly name: string;
  readonly delivered: number;
  readonly failed: number;
  /** Message of the first failure. */
  readonly firstError?: string;
  /** The first entry that was not delivered. */
  readonly sequence: number;
  /** Whether it closed the run. */
  readonly isComplete: boolean;
  /** Whether it delivers from the journal, so that `acc sync` can deliver the rest. */
  readonly delivers: boolean;
  /** The reason why not everything was delivered. */
  readonly obstacle?: string;
};
