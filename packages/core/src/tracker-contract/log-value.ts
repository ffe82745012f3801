import type { NumericArray } from "../collective/collective.ts";

/** What a tracker receives: plain data that can cross threads. Tensors have become numbers or lists. */
export type LogValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Date
  | NumericArray
  | Float64Array
  | LogValue[]
  | { readonly [key: string]: LogValue };

/** Values logged together at one step, by metric name. */
export type LogValues = { readonly [key: string]: LogValue };

/** Run configuration: hyperparameters by name, nested as the user likes. */
export type RunConfig = { readonly [key: string]: LogValue };

/**
 * One image or a batch of images: shape `[height, width]`, `[height, width, channels]` or
 * `[count, height, width, channels]` with 1 to 4 channels. Floats are in 0..1, bytes in 0..255.
 */
export type ImageData = {
  readonly data: Float32Array | Uint8Array | Uint8ClampedArray | Int32Array;
  readonly shape: readonly number[];
  /** A text for each image, or a list of one for each image of a batch. */
  readonly caption?: string | readonly string[];
};

/** Rows of equal length under named columns. */
export type TableData = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly LogValue[])[];
};

/** A figure as plain data: what `Plotly.newPlot` takes (`data`, `layout`, …), or a specification of Vega-Lite. */
export type FigureData = {
  readonly type: "plotly" | "vega-lite";
  readonly spec: { readonly [property: string]: LogValue };
};

/** A file or folder to keep with the run. */
export type ArtifactData = {
  readonly name: string;
  /** Absolute path of the content; of a copy of it where the run keeps one. */
  readonly path: string;
  /** Absolute path that the user gave, if `path` is that of a copy. */
  readonly source?: string;
  /** The type of the artifact, such as `"model"`; trackers group by it. */
  readonly type?: string;
};

/** The place of values on the time axis. */
export type LogContext = {
  /** Step given by the user; undefined if they gave none. */
  readonly step?: number;
  /** Time of the `log` call, not of its delivery, in milliseconds since 1970; now if absent. */
  readonly wallTimeMs?: number;
  /** What the user asked of this tracker for this call, as `log(…, { logOptions: { [name]: … } })`. */
  readonly options?: { readonly [key: string]: LogValue };
};

/** How a run ended, told to every tracker in `finish`. */
export type FinishStatus = "success" | "failure";
