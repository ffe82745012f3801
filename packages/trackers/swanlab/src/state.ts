import type { SavedPath } from "@acc/tracker-kit";
import type { ColumnType } from "./format/column.ts";
import type { ConfigEntries } from "./format/config-text.ts";
import type { StepRuns } from "./format/step-runs.ts";
import type { RunSettings } from "./settings.ts";

/** Everything that another process needs to go on with a run; plain JSON without keys. */
export type SwanLabState = {
  readonly settings: RunSettings;
  /** Where the folder of the settings is if it was moved with the run; absent for a run of another machine. */
  readonly logDir?: SavedPath;
  readonly recording: RecordingState;
  readonly offline?: OfflineState;
  readonly online?: OnlineState;
  readonly isFinished: boolean;
};

/** Values that determine how the next event is recorded. */
export type RecordingState = {
  /** Step of a call that gives none. */
  readonly nextStep: number;
  /** The last call without a step, for its media, which are events of their own. */
  readonly lastCall?: { readonly timeMs: number; readonly step: number };
  readonly series: readonly (readonly [key: string, series: SeriesState])[];
  readonly config: ConfigEntries;
  /** Samples of the load, and lines of the console, that the run has; absent: none. */
  readonly monitored?: { readonly samples: number; readonly lines: number };
};

export const NOTHING_MONITORED = { samples: 0, lines: 0 } as const;

/** A series, and the steps that it has a point for. */
export type SeriesState = {
  /** Undefined for media of a run that is resumed: the service does not say which. */
  readonly type?: ColumnType;
  readonly steps: StepRuns;
};

export const NEW_RUN: RecordingState = { nextStep: 0, series: [], config: [] };

/** How much of an offline run is on disk. */
export type OfflineState = {
  /** Run folder. */
  readonly folder: SavedPath;
  /** Bytes of the `.swanlab` file that are whole. */
  readonly offset: number;
  /** Records in them that are counted. */
  readonly records: number;
};

/** The run at the service; its ids and names there. */
export type OnlineState = {
  readonly user: string;
  readonly project: string;
  readonly projectId: string;
  readonly experimentId: string;
  readonly name: string;
  /** Address of its page. */
  readonly url: string;
};
