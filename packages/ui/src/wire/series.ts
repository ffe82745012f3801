/** What a chart shows of one key of one run: types of questions and answers. */
import type { FigureData } from "@acc/core/journal";

/**
 * `step`; `relative-step` counts from the first step of the run. `time`: seconds since the start of the run, without the pauses
 * between a process and the one that went on. `clock`: milliseconds since 1970. `{ key }`: the value of another key that was
 * logged at the same step.
 */
export type Axis = "step" | "relative-step" | "time" | "clock" | { readonly key: string };

export type SeriesQuery = {
  /** The id of a run. */
  readonly run: string;
  readonly key: string;
  readonly x: Axis;
  /** The part of the axis to show; absent: from the first point, or to the last. */
  readonly x0?: number;
  readonly x1?: number;
  /** Pixel columns. */
  readonly width: number;
  /** The weight of what came before, from 0 (as it was logged) to below 1. */
  readonly smooth: number;
  /** Smooths the logarithms of positive values, for a logarithmic y axis. */
  readonly isLogY?: boolean;
  /** Columns of equal width on a logarithmic x axis. */
  readonly isLogX?: boolean;
  /** `rewound`: what a resumed run has logged again; by default the points that count. */
  readonly part?: "current" | "rewound";
};

/** What is in a pixel column, as bits. */
export const MARK = {
  nan: 1,
  positiveInfinity: 2,
  negativeInfinity: 4,
  /** No point lies in it. */
  empty: 8,
  /** Another process went on with the run here. */
  resumed: 16,
  /** A value that a logarithm does not have. */
  notPositive: 32,
} as const;

type SeriesBase = {
  readonly run: string;
  readonly key: string;
  /** The part of the axis that was taken: those of the question where it names them. */
  readonly x0: number;
  readonly x1: number;
  /** Points within it, and of the whole key. */
  readonly count: number;
  readonly total: number;
  /** Points within it that are NaN or infinite. */
  readonly nonFinite: number;
  /** Points within it that are 0 or less. */
  readonly notPositive: number;
};

/** All points within the part that is shown, and one neighbour on either side, so that lines reach the edge. */
export type RawSeries = SeriesBase & {
  readonly layout: "raw";
  readonly x: Float64Array;
  /** As they were logged: NaN and infinities too. */
  readonly y: Float64Array;
  /** Equal to `y` if nothing is smoothed. */
  readonly smoothed: Float64Array;
  /** One of `MARK` for every point, as for columns. */
  readonly marks: Uint8Array;
};

/** For every pixel column what is in it. NaN where no finite value is. Exact: no point is left out. */
export type ColumnSeries = SeriesBase & {
  readonly layout: "columns";
  readonly first: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
  /** The mean of the values; of the smoothed ones if something is smoothed. */
  readonly mean: Float64Array;
  readonly marks: Uint8Array;
  /** The last point before the part that is shown, and the first behind it. */
  readonly before?: { readonly x: number; readonly y: number };
  readonly after?: { readonly x: number; readonly y: number };
};

export type Series = RawSeries | ColumnSeries;

export type PointQuery = Pick<SeriesQuery, "run" | "key" | "x" | "smooth" | "isLogY" | "part"> & {
  /** The point whose x is nearest to this one. */
  readonly at: number;
};

/** All points of a key as they were logged: lists of the same length. */
export type AllPoints = {
  readonly steps: Float64Array;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Indexes of the first points that another process has logged. */
  readonly resumedAt: readonly number[];
};

/** What lies at a place of the media index. */
export type MediaContent =
  | {
      readonly kind: "pixels";
      readonly data: Float32Array | Uint8Array | Uint8ClampedArray | Int32Array;
      readonly shape: readonly number[];
    }
  /** A file's bytes as another tool stored them, such as a PNG. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly name: string }
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly unknown[])[];
    }
  | { readonly kind: "figure"; readonly figure: FigureData }
  | { readonly kind: "values"; readonly values: readonly number[] }
  /** Within the folder of the run, also behind links: it was checked just now. */
  | { readonly kind: "file"; readonly path: string; readonly name: string };
