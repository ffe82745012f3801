import type { Json } from "@acc/tracker-kit";
import type { GitMetadata } from "./format/git-metadata.ts";

/** Place of a metric in the run: the event that it comes from, and its number among the operations of that event. */
export type Position = { readonly sequence: number; readonly index: number };

export type MetricOperation = {
  readonly kind: "metric";
  readonly name: string;
  /** Comet stores NaN, the infinities and booleans as text: `"NaN"`, `"Infinity"`, `"True"`. */
  readonly value: number | string;
  readonly step: number | null;
  readonly epoch: number | null;
  readonly context: string | null;
  readonly timestampMs: number;
  readonly position: Position;
};

export type ParameterOperation = {
  readonly kind: "parameter";
  readonly name: string;
  /** A list holds scalars only. */
  readonly value: Json;
  readonly step: number | null;
  /** Whether the user gave it, or it follows from what they logged, such as the current step. */
  readonly source: "manual" | "auto-logged";
  readonly timestampMs: number;
};

export type OtherOperation = { readonly kind: "other"; readonly key: string; readonly value: Json };

/** A line of the console. `offset` counts the lines of the run from 0. */
export type OutputOperation = {
  readonly kind: "output";
  readonly text: string;
  readonly isError: boolean;
  readonly timestampMs: number;
  readonly offset: number;
};

/** The state of the git checkout that the script belongs to, in the words of Comet. */
export type GitOperation = { readonly kind: "git"; readonly metadata: GitMetadata };

export type TagsOperation = { readonly kind: "tags"; readonly tags: readonly string[] };

export type FileOperation = {
  readonly kind: "file";
  /** `visualization` is an image panel, `text-sample` a line of the text tab, `source_code` is under Code, `audio` and `video` are played. */
  readonly uploadType:
    | "visualization"
    | "text-sample"
    | "asset"
    | "source_code"
    | "audio"
    | "video";
  /** Query of the upload, with the id of the file: 32 hexadecimal digits, the same in every attempt. */
  readonly params: { readonly [name: string]: Json };
  readonly content: { readonly bytes: Uint8Array } | { readonly path: string };
  readonly metadata: { readonly [name: string]: Json } | null;
  readonly timestampMs: number;
};

/** One operation at Comet. All but metrics and lines of the console are idempotent. */
export type Operation =
  | MetricOperation
  | ParameterOperation
  | OtherOperation
  | TagsOperation
  | GitOperation
  | OutputOperation
  | FileOperation;

/** Whether the position `a` comes before `b`. */
export function isBefore(a: Position, b: Position): boolean {
  return a.sequence < b.sequence || (a.sequence === b.sequence && a.index < b.index);
}
