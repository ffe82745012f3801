import type { ColumnFrame, RawFrame, SeriesFrame } from "../../wire/frame.ts";
import { MARK } from "../../wire/series.ts";
import { type Box, columnCentres, pixels, type Scale } from "./scale.ts";
import { emptySpans, type Spans, widen } from "./spans.ts";

/** A curve in device pixels. */
export type Curve = {
  /** x and y in turn; NaN where the line breaks. */
  readonly line: Float32Array;
  /** As `line`, where the values are not what the line shows: those that were smoothed. */
  readonly raw?: Float32Array;
  /** Everything between the lowest and the highest value of each column. */
  readonly band?: Spans;
  /** Whether there are too many points for a path. */
  readonly isDense: boolean;
  /** Whether there is so much room that each point is a dot. */
  readonly hasDots: boolean;
  /** The column and what is in it: bits of `MARK`. */
  readonly marks: readonly (readonly [x: number, bits: number])[];
};

const SHOWN_MARKS =
  MARK.nan | MARK.positiveInfinity | MARK.negativeInfinity | MARK.resumed | MARK.notPositive;
/** Room for each point, in device pixels, from which on it is a dot. */
const DOT_ROOM = 12;

export function curveOf(frame: SeriesFrame, x: Scale, y: Scale, box: Box): Curve {
  return frame.layout === "raw" ? rawCurve(frame, x, y, box) : columnCurve(frame, x, y, box);
}

function rawCurve(frame: RawFrame, x: Scale, y: Scale, box: Box): Curve {
  const toX = pixels(x, box.left, box.left + box.width);
  const toY = pixels(y, box.top + box.height, box.top);
  const polyline = (values: Float64Array): Float32Array => {
    const line = new Float32Array(2 * values.length);
    for (let i = 0; i < values.length; i++) {
      line[2 * i] = toX(frame.x[i] as number);
      line[2 * i + 1] = finite(toY(values[i] as number));
    }
    return line;
  };
  const marks: [number, number][] = [];
  for (const [index, bits] of frame.marks.entries()) {
    const shown = visible(bits, y);
    if (shown) marks.push([toX(frame.x[index] as number), shown]);
  }
  const hasDots = frame.x.length * DOT_ROOM < box.width;
  const isDense = frame.x.length > box.width / 2;
  const line = polyline(frame.smoothed);
  const isSmoothed = frame.smoothed !== frame.y;
  return { line, marks, isDense, hasDots, ...(isSmoothed ? { raw: polyline(frame.y) } : {}) };
}

/** Columns of the frame are put into columns of pixels, so that a peak is as wide as a pixel however the view was scaled. */
function columnCurve(frame: ColumnFrame, x: Scale, y: Scale, box: Box): Curve {
  const toX = pixels(x, box.left, box.left + box.width);
  const toY = pixels(y, box.top + box.height, box.top);
  const { base, marks: bits } = frame;
  const count = bits.length;
  const centre = columnCentres({ min: frame.x0, max: frame.x1, isLog: x.isLog }, count);
  const band = emptySpans(box);
  const line: number[] = [];
  const marks: [number, number][] = [];
  if (frame.before) line.push(toX(frame.before.x), finite(toY(frame.before.y)));
  let [lastColumn, lastPixel] = [-1, Number.NaN];
  for (let i = 0; i < count; i++) {
    const mark = bits[i] as number;
    const at = toX(centre(i));
    const shown = visible(mark, y);
    if (shown) marks.push([at, shown]);
    const mean = frame.mean[i] as number;
    if (Number.isNaN(mean)) {
      if (!(mark & MARK.empty)) {
        line.push(at, Number.NaN);
        lastPixel = Number.NaN;
      }
      continue;
    }
    line.push(at, finite(toY(base + mean)));
    const column = Math.floor(at - box.left);
    widen(band, column, clamped(toY(base + (frame.max[i] as number)), y, box));
    widen(band, column, clamped(toY(base + (frame.min[i] as number)), y, box));
    const first = toY(base + (frame.first[i] as number));
    // The line from the last point of a column to the first of the next crosses their border half-way.
    if (column === lastColumn + 1 && !Number.isNaN(lastPixel)) {
      widen(band, column, (first + lastPixel) / 2);
      widen(band, lastColumn, (first + lastPixel) / 2);
    }
    lastColumn = column;
    lastPixel = toY(base + (frame.last[i] as number));
  }
  if (frame.after) line.push(toX(frame.after.x), finite(toY(frame.after.y)));
  return { line: Float32Array.from(line), band, marks, isDense: true, hasDots: false };
}

/** Below everything on a logarithmic axis: at the edge. */
function clamped(pixel: number, { isLog }: Scale, box: Box): number {
  return isLog && Number.isNaN(pixel) ? box.top + box.height : pixel;
}

function visible(bits: number, { isLog }: Scale): number {
  return bits & SHOWN_MARKS & (isLog ? -1 : ~MARK.notPositive);
}

function finite(pixel: number): number {
  return Number.isFinite(pixel) ? pixel : Number.NaN;
}

/** The lowest and the highest value of the frames within a part of the x axis, as the y axis has to show them. */
export function extremes(
  frames: readonly SeriesFrame[],
  { min: from, max: to }: Pick<Scale, "min" | "max">,
  isLog: boolean,
): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const see = (value: number): void => {
    if (!Number.isFinite(value) || (isLog && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const frame of frames) {
    if (frame.layout === "raw") {
      for (let i = 0; i < frame.x.length; i++) {
        const x = frame.x[i] as number;
        if (x >= from && x <= to) see(frame.y[i] as number);
      }
    } else {
      for (const values of [frame.min, frame.max, frame.mean]) {
        for (const value of values) see(frame.base + value);
      }
    }
  }
  return [low, high];
}
