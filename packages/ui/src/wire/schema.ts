/**
 * The JSON of runs: what `acc runs list --json` and `acc runs show --json` print, what the server answers, and what an export
 * holds. Types only: the page imports this file too.
 */

/** The version of this format: it grows when something is removed or changes its meaning, not when something is added. */
export type SchemaVersion = 1;

/** A number in JSON, which has none that is not finite. */
export type JsonNumber = number | "NaN" | "Infinity" | "-Infinity";

/** A value of a configuration, or a text: what JSON has; arrays of numbers are lists. */
export type JsonValue =
  | JsonNumber
  | string
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * `running`: a process records it now. `done`, `failed`: it said how it ended. `killed`: it said nothing, and no process has
 * it. `unknown`: files of another tool do not say.
 */
export type RunStatus = "running" | "done" | "failed" | "killed" | "unknown";

/** What recorded a run. */
export type RunKind = "journal" | "tensorboard" | "wandb";

/** One series of numbers of a run, without its points. A `step` is that of the user; see `docs/ui.md` for values without one. */
export type KeySummary = {
  /** Points that count: what a resumed run logged again replaces what it had. */
  readonly count: number;
  readonly last: JsonNumber;
  readonly lastStep: number;
  /** Of the finite values; null if there is none. */
  readonly min: number | null;
  readonly minStep: number | null;
  readonly max: number | null;
  readonly maxStep: number | null;
  /** Points that are NaN or infinite. */
  readonly nonFinite: number;
};

export type TrackerSummary = {
  readonly name: string;
  /** Events that it lacks. */
  readonly pending: number;
};

/** What the user wrote about a run; it lies in `ui.json` beside the journal, which is never changed. */
export type RunNotes = {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly note?: string;
  readonly color?: string;
};

export type RunSummary = {
  /** Unique among the runs that are shown; of a run of core its own id, 32 hexadecimal digits. */
  readonly id: string;
  readonly kind: RunKind;
  /** Relative to the folder that is shown; "." if it is the same. */
  readonly folder: string;
  /** What the user called it; "" if they did not. */
  readonly name: string;
  readonly project: string;
  /** The file name of the training script; null if unknown. */
  readonly script: string | null;
  readonly status: RunStatus;
  readonly startedMs: number;
  /** When something was logged last. */
  readonly lastMs: number;
  /** How long it was recorded, without the pauses between a process and the one that went on. */
  readonly activeMs: number;
  /** Nested keys are joined by a dot. */
  readonly config: { readonly [key: string]: JsonValue };
  readonly tags: readonly string[];
  readonly note: string;
  /** What the user chose; null: the page chooses. */
  readonly color: string | null;
  /** In a list of many runs with many keys not all of them. */
  readonly keys: { readonly [key: string]: KeySummary };
  readonly numKeys: number;
  readonly trackers: readonly TrackerSummary[];
  /** Of the files that were read. */
  readonly bytes: number;
  /** How often another process went on with it. */
  readonly resumes: number;
  /** What could not be read, as a sentence; null: nothing. */
  readonly damage: string | null;
  /** False while the run is being read for the first time: `keys` is not complete. */
  readonly isComplete: boolean;
  /** Changes with everything else here; for ETags. */
  readonly version: string;
};

/** `/api/runs`, and `acc runs list --json`. */
export type RunList = {
  readonly version: SchemaVersion;
  /** The folder that is shown, as it was given. */
  readonly directory: string;
  /** The newest first. */
  readonly runs: readonly RunSummary[];
  /** Folders that could not be searched, one sentence each. */
  readonly unsearched: readonly string[];
};

/** Media that a page plays, or shows in a frame. */
export type PlayedKind = "audio" | "video" | "html";

/** An image, table, figure, file, histogram, or other media that were logged; their content is read on request. */
export type MediaItem = {
  /** Where it is: `/media/:id/:offset`. Unique together with `index`. */
  readonly offset: number;
  /** Which of the values that were logged together. */
  readonly index: number;
  readonly kind: "image" | "table" | "figure" | "file" | "histogram" | PlayedKind;
  readonly key: string;
  readonly step: number;
  readonly timeMs: number;
  /** Of an image: height, width, channels; with a count in front if there are several. */
  readonly shape?: readonly number[];
  /** Of images, audio and videos that have one: a text each, cut off if it is long. */
  readonly captions?: readonly string[];
  /** Of a table. */
  readonly rows?: number;
  /** Of a figure that has one. */
  readonly title?: string;
  /** Of a file, and of media that are played: its name, and its type as the user gave it. */
  readonly file?: { readonly name: string; readonly type: string | null };
};

/** How the numbers of a list are spread. */
export type Histogram = {
  /** Finite numbers. */
  readonly count: number;
  readonly nonFinite: number;
  /** Of the finite numbers; null if there is none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** How many lie in each of the parts of equal width from `min` to `max`. */
  readonly counts: readonly number[];
};

/** A text that was logged, or a line of the console: its key is then the stream, its step that of the last value before it. */
export type TextLine = {
  /** Counts up within a run: `from` of the next request is one more. */
  readonly sequence: number;
  readonly key: string;
  readonly step: number;
  readonly timeMs: number;
  readonly text: string;
};

/** A call of the native object of a tracker, such as adding a tag. */
export type NativeCall = {
  readonly tracker: string | null;
  readonly method: string;
  readonly timeMs: number;
};

/** `/api/run/:id`, and `acc runs show --json`. */
export type RunDetail = {
  readonly version: SchemaVersion;
  readonly run: RunSummary;
  /** As it was logged: nested. */
  readonly config: { readonly [key: string]: JsonValue };
  readonly media: readonly MediaItem[];
  readonly calls: readonly NativeCall[];
  /** Where other processes went on with the run. */
  readonly resumedAt: readonly { readonly step: number; readonly timeMs: number }[];
  /** When no process recorded it, between two that did. */
  readonly pauses: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** The first step that was logged; null: nothing was. */
  readonly firstStep: number | null;
  readonly numTexts: number;
  /** Lines that the script printed. */
  readonly numConsoleLines: number;
};

/** `/api/text/:id?from=`, and `/api/console/:id?from=`. */
export type TextPage = {
  readonly lines: readonly TextLine[];
  /** Behind the last of all lines. */
  readonly end: number;
};

/** `/api/point`: one value as it was logged. */
export type Point = {
  readonly key: string;
  /** On the axis that was asked for. */
  readonly x: number;
  readonly step: number;
  readonly timeMs: number;
  readonly value: JsonNumber;
  /** Equal to `value` if nothing is smoothed. */
  readonly smoothed: JsonNumber;
  /** Which of the points of this key, from 0. */
  readonly index: number;
};

/** How far a run has grown: `/api/events`. */
export type RunGrowth = {
  readonly id: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly lastMs: number;
  /** The keys with new points. */
  readonly keys: {
    readonly [key: string]: Pick<KeySummary, "count" | "last" | "lastStep">;
  };
};

/** What changed in a library since it was said last. */
export type LibraryChange = {
  /** Ids of runs that are new. */
  readonly added: readonly string[];
  readonly grown: readonly RunGrowth[];
  /** Ids of runs whose folder is gone. */
  readonly removed: readonly string[];
};
