import type { TaskEdit } from "./format/task-fields.ts";

/** Iteration under which ClearML keeps single values. */
export const SINGLE_VALUE_ITERATION: number = -(2 ** 31);

/** A point of a curve, or a plot, as the API has them, without the task. `timestamp` in milliseconds. */
export type MetricEvent = {
  readonly timestamp: number;
  readonly iter: number;
  readonly metric: string;
  readonly variant: string;
} & (
  | { readonly type: "training_stats_scalar"; readonly value: number }
  | { readonly type: "plot"; readonly plot_str: string }
  | { readonly type: "training_debug_image" }
);

export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";

/** A line of the console. Each line of a run has a different `timestamp`, which identifies it. */
export type ConsoleLine = {
  readonly sequence: number;
  readonly timestamp: number;
  readonly level: LogLevel;
  readonly msg: string;
};

/** A file, folder or value to keep with the task. */
export type Artifact = {
  readonly key: string;
  readonly timestamp: number;
  readonly type: string;
  /** A file or folder, or the content of a file to make. */
  readonly source: { readonly path: string } | { readonly fileName: string; readonly text: string };
};

/** A file or folder that becomes an output model of the task. */
export type OutputModel = {
  /** Different for each event of the run. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly path: string;
  /** Its name among the models of the task. */
  readonly name: string;
  readonly description: ModelDescription;
};

/** What the user says of a model; plain JSON. */
export type ModelDescription = {
  /** Its name among all models. Default: that of the task, and the other. */
  readonly modelName?: string;
  readonly comment?: string;
  readonly tags?: readonly string[];
  readonly framework?: string;
  /** Numbers of what a classifier tells apart, by their names. */
  readonly labels?: { readonly [label: string]: number };
};

/** One change of the task. Each is idempotent, except console lines, which sinks send once. */
export type Operation =
  | { readonly kind: "metric"; readonly event: MetricEvent }
  | {
      /** A file under Debug Samples: an image, audio, a video or a page. */
      readonly kind: "sample";
      readonly event: MetricEvent & { readonly type: "training_debug_image" };
      /** Below the task's folder. */
      readonly path: string;
      readonly bytes: Uint8Array;
      /** Such as `"image/png"`. */
      readonly type: string;
    }
  | { readonly kind: "line"; readonly line: ConsoleLine }
  | { readonly kind: "edit"; readonly edit: TaskEdit }
  | { readonly kind: "artifact"; readonly artifact: Artifact }
  | { readonly kind: "model"; readonly model: OutputModel }
  | { readonly kind: "close" };
