import type { ColumnType, MediaType } from "./column.ts";
import type { MediaFile } from "./media.ts";

/** What the file of a run says of it first. */
export type RunStart = {
  readonly project: string;
  readonly workspace?: string;
  readonly public: boolean;
  readonly name: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly group?: string;
  readonly jobType?: string;
  readonly color: string;
  readonly id: string;
  readonly resume: "never" | "allow" | "must";
};

/** A series that begins. */
export type Column = { readonly key: string; readonly type: ColumnType };

/** The place of a point. */
type Point = {
  readonly key: string;
  readonly step: number;
  /** When it was logged, in milliseconds since 1970. */
  readonly timeMs: number;
};

export type ScalarPoint = Point & { readonly value: number };

export type MediaPoint = Point & {
  readonly type: MediaType;
  readonly files: readonly MediaFile[];
};

/** The end of a run, in SwanLab's words. */
export type RunEnd = {
  readonly state: RunState;
  readonly error: string | undefined;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
};
export type RunState = "finished" | "crashed" | "aborted";
