import type { Json } from "@acc/tracker-kit";

/** Place of a message in the recording: the event it comes from, and its place among that event's messages. */
export type Position = { readonly sequence: number; readonly index: number };

export type MetricMessage = {
  readonly type: "metric";
  readonly name: string;
  /** Comet holds NaN, the infinities and booleans as text: `"NaN"`, `"Infinity"`, `"True"`. */
  readonly value: number | string;
  readonly step: number | null;
  readonly epoch: number | null;
  readonly context: string | null;
  readonly timestampMs: number;
  readonly position: Position;
};

export type ParameterMessage = {
  readonly type: "parameter";
  readonly name: string;
  /** A list holds scalars only. */
  readonly value: Json;
  readonly step: number | null;
  /** Whether the user named it or it follows from what they logged, such as the current step. */
  readonly source: "manual" | "auto-logged";
  readonly timestampMs: number;
};

export type OtherMessage = { readonly type: "other"; readonly key: string; readonly value: Json };

export type TagsMessage = { readonly type: "tags"; readonly tags: readonly string[] };

export type FileMessage = {
  readonly type: "file";
  /** `visualization` is an image panel, `text-sample` a line of the text tab. */
  readonly uploadType: "visualization" | "text-sample" | "asset";
  /** Query of the upload, with the id of the file: 32 hexadecimal digits, the same in every attempt. */
  readonly params: { readonly [name: string]: Json };
  readonly content: { readonly bytes: Uint8Array } | { readonly path: string };
  readonly metadata: { readonly [name: string]: Json } | null;
  readonly timestampMs: number;
};

/** One thing that Comet is told. */
export type CometMessage =
  | MetricMessage
  | ParameterMessage
  | OtherMessage
  | TagsMessage
  | FileMessage;

/** Whether a message lies before the one that comes first of those not sent. */
export function isBefore(a: Position, b: Position): boolean {
  return a.sequence < b.sequence || (a.sequence === b.sequence && a.index < b.index);
}
