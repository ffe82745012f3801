import type { SavedPath } from "@acc/tracker-kit";
import { type MetricBookState, NO_METRICS } from "./format/metric-book.ts";
import type { RowJson } from "./format/row.ts";
import type { RunSettings } from "./settings.ts";

/** Everything that another process needs to go on with a run; plain JSON without keys. */
export type WandbState = {
  readonly settings: RunSettings;
  /** Where the folder of the settings is if it was moved with the run; absent for a run of another machine. */
  readonly dir?: SavedPath;
  readonly recorder: RecordingState;
  readonly offline?: OfflineState;
  readonly online?: OnlineState;
  readonly isFinished: boolean;
};

/** Values that determine how the next event is recorded. */
export type RecordingState = {
  /** Step of the open row, or of the next one. */
  readonly step: number;
  readonly open?: { readonly row: RowJson; readonly timeMs: number; readonly isClosed: boolean };
  readonly summary: RowJson;
  /** Configuration: key and JSON text. */
  readonly config: readonly (readonly [key: string, text: string])[];
  readonly metrics: MetricBookState;
  /** Values of earlier steps that were recorded at a later one. */
  readonly moved: number;
};

export const NEW_RUN: RecordingState = {
  step: 0,
  summary: [],
  config: [],
  metrics: NO_METRICS,
  moved: 0,
};

/** How much of an offline run is on disk. */
export type OfflineState = {
  /** Run folder. */
  readonly folder: SavedPath;
  /** Bytes of the `.wandb` file that are whole. */
  readonly offset: number;
  /** Records in them. */
  readonly records: number;
};

/** How much of a run is at the server. */
export type OnlineState = {
  /** Whether it was looked up, if it is to be resumed. */
  readonly isLookedUp: boolean;
  /** The server's id of a run that existed. */
  readonly existingId?: string;
  /** Tags that a resumed run had. */
  readonly existingTags?: readonly string[];
  /** Its names at the server, once it is there. */
  readonly run?: { readonly entity: string; readonly project: string; readonly name: string };
  /** Lines of its history at the server, including those of earlier processes. */
  readonly lines: number;
  /** Likewise of its samples of the load, and of its console; absent: none. */
  readonly eventLines?: number;
  readonly outputLines?: number;
  /** Versions of artifacts that are there, by their keys. */
  readonly artifacts: readonly string[];
  /** Alerts that it has, by their keys; absent: none. */
  readonly alerts?: readonly string[];
};

export const NOT_CONNECTED: OnlineState = { isLookedUp: false, lines: 0, artifacts: [] };
