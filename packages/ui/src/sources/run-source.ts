import type { JsonValue, MediaItem, NativeCall, RunKind, RunStatus } from "../wire/schema.ts";
import type { MediaContent } from "../wire/series.ts";

/** What a source says of its run before anything else. */
export type RunStart = {
  readonly project: string;
  readonly script: string | null;
  readonly startedMs: number;
  /** The trackers that get it from the journal. */
  readonly trackers: readonly string[];
  /** Those that write files of their own: another source may find the same run there. */
  readonly writers: readonly string[];
};

/** Where something that was logged stands. */
export type Place = {
  /** Counts up; what a resumed run logs again has a new one. */
  readonly sequence: number;
  /** Undefined: the one after the last. */
  readonly step: number | undefined;
  readonly timeMs: number;
};

/** What takes the content of a run, in the order in which it was logged. */
export interface RunSink {
  /** Called first, and once. */
  start(start: RunStart): void;
  config(values: { readonly [key: string]: JsonValue }): void;
  /** Values that were logged together. */
  scalars(place: Place, keys: readonly string[], values: readonly number[]): void;
  text(place: Place, key: string, text: string): void;
  /** A sample of the machine's load, by the names of `system-values.ts`. */
  system(place: Omit<Place, "step">, values: { readonly [key: string]: number }): void;
  /** A line that the script printed. */
  console(place: Omit<Place, "step">, stream: "stdout" | "stderr", text: string): void;
  media(place: Place, item: Omit<MediaItem, "step" | "timeMs">): void;
  call(call: NativeCall): void;
  /** Another process goes on: what has a sequence from `from` on is logged again. */
  resume(from: number, place: Place): void;
  /** What has a step from `step` on is logged again; a source without sequences says so. */
  rewind(step: number, place: Place): void;
  finish(status: RunStatus): void;
}

/** How reading went. */
export type Advance =
  /** There is more to read now. */
  | "more"
  | "end"
  /** Other files are there now: everything that was read is void. */
  | "replaced"
  /** There are none any more. */
  | "gone";

/** A recorded run, in whatever format. Only reads, and keeps no file open. */
export interface RunSource {
  readonly kind: RunKind;
  readonly id: string;
  /** Absolute path. */
  readonly folder: string;
  /** Of the files that were read. */
  readonly bytes: number;
  /** What could not be read, as a sentence. */
  readonly damage: string | null;

  /** Hands what is new to the sink, about so many bytes of it. Never rejects. */
  advance(sink: RunSink, limitBytes: number): Promise<Advance>;

  /** Whether somebody records it now. */
  isRunning(): Promise<boolean>;

  /** Events behind what a tracker has, by its name. @param last the sequence of the last event. */
  pending(tracker: string, last: number): Promise<number>;

  /** The content of an item; undefined if it is not there, or must not be read. */
  media(item: Pick<MediaItem, "offset" | "index">): Promise<MediaContent | undefined>;

  /** A source of the same files that begins anew. */
  again(): RunSource;
}
