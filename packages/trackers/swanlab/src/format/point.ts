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
export type Column = {
  readonly key: string;
  readonly type: ColumnType;
  /** Of a series of the machine's load: what it is called. */
  readonly system?: string;
};

/** A line of the console. `epoch` counts them from 1. */
export type OutputLine = {
  readonly text: string;
  readonly isError: boolean;
  readonly timeMs: number;
  readonly epoch: number;
};

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
