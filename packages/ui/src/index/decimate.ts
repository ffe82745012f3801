import { MARK } from "../wire/series.ts";
import { BLOCK, type NumberList } from "./number-list.ts";

/** Points to draw: lists of the same length. */
export type Drawn = {
  readonly x: NumberList;
  readonly y: NumberList;
  /** What the line shows: `y`, or its smoothed values. */
  readonly line: NumberList;
  /** Indexes of points that another process was the first to log. */
  readonly resumedAt: readonly number[];
};

export type Window = {
  readonly x0: number;
  readonly x1: number;
  readonly width: number;
  /** Columns of equal width on a logarithmic axis. */
  readonly isLogX: boolean;
};

export type Columns = {
  readonly first: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
  readonly mean: Float64Array;
  readonly marks: Uint8Array;
};

/**
 * What is in every pixel column: exact, whatever lies between. A scan of all points from `start` to `end` takes 2 ns each, so no index
 * over them is kept.
 */
export function toColumns(
  { x, y, line, resumedAt }: Drawn,
  [start, end]: readonly [start: number, end: number],
  { x0, x1, width, isLogX }: Window,
): Columns {
  const nan = (): Float64Array => new Float64Array(width).fill(Number.NaN);
  const [first, min, max, last, mean] = [nan(), nan(), nan(), nan(), nan()] as const;
  const marks = new Uint8Array(width).fill(MARK.empty);
  const sums = new Float64Array(width);
  const counts = new Float64Array(width);
  const from = isLogX ? Math.log(x0) : x0;
  const span = (isLogX ? Math.log(x1) : x1) - from;
  const scale = span > 0 ? width / span : 0;
  const resumed = new Set(resumedAt);
  for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block++) {
    const xs = x.blocks[block] as Float64Array;
    const ys = y.blocks[block] as Float64Array;
    const lines = line.blocks[block] as Float64Array;
    const base = block * BLOCK;
    const stop = Math.min(BLOCK, end - base);
    for (let i = Math.max(0, start - base); i < stop; i++) {
      const place = xs[i] as number;
      if (!(place >= x0 && place <= x1)) continue;
      const at = isLogX ? Math.log(place) : place;
      const column = Math.min(width - 1, Math.floor((at - from) * scale));
      const value = ys[i] as number;
      let mark = (marks[column] as number) & ~MARK.empty;
      if (value - value !== 0) mark |= markOf(value);
      else {
        if (value <= 0) mark |= MARK.notPositive;
        // Nothing compares with NaN, which stands for "no value yet".
        if (!(value >= (min[column] as number))) min[column] = value;
        if (!(value <= (max[column] as number))) max[column] = value;
        if (Number.isNaN(first[column])) first[column] = value;
        last[column] = value;
      }
      marks[column] = mark;
      const drawn = lines[i] as number;
      if (drawn - drawn === 0) {
        sums[column] = (sums[column] as number) + drawn;
        counts[column] = (counts[column] as number) + 1;
      }
      if (resumed.size > 0 && resumed.has(base + i)) {
        marks[column] = (marks[column] as number) | MARK.resumed;
      }
    }
  }
  for (let column = 0; column < width; column++) {
    const count = counts[column] as number;
    if (count > 0) mean[column] = (sums[column] as number) / count;
  }
  return { first, min, max, last, mean, marks };
}

/** The bits of one point. */
export function markOf(value: number): number {
  if (Number.isNaN(value)) return MARK.nan;
  if (value === Number.POSITIVE_INFINITY) return MARK.positiveInfinity;
  if (value === Number.NEGATIVE_INFINITY) return MARK.negativeInfinity;
  return value <= 0 ? MARK.notPositive : 0;
}
