import type { TaskEdit } from "./task-fields.ts";

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

/** A line of the console. No two lines of a run have the same `timestamp`: it tells them apart. */
export type ConsoleLine = {
  readonly sequence: number;
  readonly timestamp: number;
  readonly level: LogLevel;
  readonly msg: string;
};

/** A file, folder or value to keep with the task. */
export type ArtifactChange = {
  readonly key: string;
  readonly timestamp: number;
  readonly type: string;
  /** A file or folder, or what a file shall hold. */
  readonly source: { readonly path: string } | { readonly fileName: string; readonly text: string };
};

/** What one event of the run changes at the task. Making a change twice comes to the same as making it once. */
export type Change =
  | { readonly kind: "metric"; readonly event: MetricEvent }
  | {
      readonly kind: "image";
      readonly event: MetricEvent & { readonly type: "training_debug_image" };
      /** Below the task's folder. */
      readonly path: string;
      readonly png: Uint8Array;
    }
  | { readonly kind: "line"; readonly line: ConsoleLine }
  | { readonly kind: "edit"; readonly edit: TaskEdit }
  | { readonly kind: "artifact"; readonly artifact: ArtifactChange }
  | { readonly kind: "close" };
