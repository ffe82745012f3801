/**
 * The series of a chart as bytes: the server encodes them, the page reads them where they lie. Little endian, every array at
 * a multiple of 8. A head (magic, version, number of series, 0: uint32 each), then for each series its own head and arrays.
 */
import type { ColumnSeries, RawSeries, Series } from "./series.ts";

const MAGIC = 0x31564341; // "ACV1"
const VERSION = 1;
const HEAD_BYTES = 16;
const SERIES_HEAD_BYTES = 80;
const LAYOUT = { none: 0, raw: 1, columns: 2, wideColumns: 3 } as const;
/** Bits of the second byte of a series' head. */
const HAS = { before: 1, after: 2, smoothed: 4 } as const;
/** Distances from `base` that a float32 holds. */
const MAX_FLOAT32 = 3e38;

type Facts = {
  readonly x0: number;
  readonly x1: number;
  readonly count: number;
  readonly total: number;
  readonly nonFinite: number;
  readonly notPositive: number;
};

type Place = { readonly x: number; readonly y: number };

export type RawFrame = Facts & {
  readonly layout: "raw";
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly smoothed: Float64Array;
  readonly marks: Uint8Array;
};

/** Values are distances from `base`: float32 is enough to draw them, however far from 0 they are. */
export type ColumnFrame = Facts & {
  readonly layout: "columns";
  readonly base: number;
  readonly first: Float32Array | Float64Array;
  readonly min: Float32Array | Float64Array;
  readonly max: Float32Array | Float64Array;
  readonly last: Float32Array | Float64Array;
  readonly mean: Float32Array | Float64Array;
  readonly marks: Uint8Array;
  readonly before?: Place;
  readonly after?: Place;
};

export type SeriesFrame = RawFrame | ColumnFrame;

const COLUMNS = ["first", "min", "max", "last", "mean"] as const;

/** @param all in the order of the questions; undefined where there was no such run, key or axis. */
export function encodeFrame(all: readonly (Series | undefined)[]): Uint8Array<ArrayBuffer> {
  const plans = all.map(planOf);
  const size = plans.reduce((sum, plan) => sum + plan.bytes, HEAD_BYTES);
  const buffer = new ArrayBuffer(size);
  const view = new DataView(buffer);
  for (const [index, word] of [MAGIC, VERSION, all.length, 0].entries())
    view.setUint32(4 * index, word, true);
  let at = HEAD_BYTES;
  for (const plan of plans) {
    writeSeries(buffer, at, plan);
    at += plan.bytes;
  }
  return new Uint8Array(buffer);
}

/** @throws {RangeError} if these are not the bytes of a frame of this version. */
export function decodeFrame(buffer: ArrayBuffer): (SeriesFrame | undefined)[] {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEAD_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new RangeError("These bytes are no frame of series.");
  }
  if (view.getUint32(4, true) !== VERSION) {
    throw new RangeError("The server is of another version: reload the page.");
  }
  let at = HEAD_BYTES;
  return Array.from({ length: view.getUint32(8, true) }, () => {
    const { series, end } = readSeries(buffer, view, at);
    at = end;
    return series;
  });
}

type Plan = {
  readonly series: Series | undefined;
  readonly layout: number;
  readonly base: number;
  readonly rows: number;
  readonly bytes: number;
};

function planOf(series: Series | undefined): Plan {
  if (!series) {
    return { series, layout: LAYOUT.none, base: 0, rows: 0, bytes: SERIES_HEAD_BYTES };
  }
  const rows = series.marks.length;
  if (series.layout === "raw") {
    const doubles = isSmoothed(series) ? 3 : 2;
    const bytes = SERIES_HEAD_BYTES + 8 * doubles * rows + aligned(rows);
    return { series, layout: LAYOUT.raw, base: 0, rows, bytes };
  }
  const { low, high } = extremes(series);
  // Small values keep all their digits when the axis is logarithmic: the base lies at the end that is nearer to 0.
  const base = low > 0 ? low : Math.min(high, 0);
  const isWide = Math.max(Math.abs(low - base), Math.abs(high - base)) > MAX_FLOAT32;
  const bytes = SERIES_HEAD_BYTES + 5 * aligned((isWide ? 8 : 4) * rows) + aligned(rows);
  return { series, layout: isWide ? LAYOUT.wideColumns : LAYOUT.columns, base, rows, bytes };
}

function extremes({ min, max, mean }: ColumnSeries): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of [min, max, mean]) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

function isSmoothed({ smoothed, y }: RawSeries): boolean {
  return smoothed !== y && smoothed.some((value, index) => !Object.is(value, y[index]));
}

function writeSeries(buffer: ArrayBuffer, at: number, plan: Plan): void {
  const { series, layout, base, rows } = plan;
  const view = new DataView(buffer, at);
  view.setUint8(0, layout);
  view.setUint32(4, rows, true);
  if (!series) return;
  for (const [index, value] of [series.x0, series.x1, base].entries())
    view.setFloat64(8 + 8 * index, value, true);
  const { count, total, nonFinite, notPositive } = series;
  for (const [index, value] of [count, total, nonFinite, notPositive].entries())
    view.setUint32(32 + 4 * index, value, true);
  let next = at + SERIES_HEAD_BYTES;
  if (series.layout === "raw") {
    const hasSmoothed = isSmoothed(series);
    view.setUint8(1, hasSmoothed ? HAS.smoothed : 0);
    for (const values of [series.x, series.y, ...(hasSmoothed ? [series.smoothed] : [])]) {
      new Float64Array(buffer, next, rows).set(values);
      next += 8 * rows;
    }
  } else {
    writePlaces(view, series);
    const isWide = layout === LAYOUT.wideColumns;
    for (const name of COLUMNS) {
      const target = isWide
        ? new Float64Array(buffer, next, rows)
        : new Float32Array(buffer, next, rows);
      const values = series[name];
      for (let row = 0; row < rows; row++) target[row] = (values[row] as number) - base;
      next += aligned(target.byteLength);
    }
  }
  new Uint8Array(buffer, next, rows).set(series.marks);
}

function writePlaces(view: DataView, { before, after }: ColumnSeries): void {
  view.setUint8(1, (before ? HAS.before : 0) | (after ? HAS.after : 0));
  for (const [index, place] of [before, after].entries()) {
    if (!place) continue;
    view.setFloat64(48 + 16 * index, place.x, true);
    view.setFloat64(56 + 16 * index, place.y, true);
  }
}

function readSeries(
  buffer: ArrayBuffer,
  whole: DataView,
  at: number,
): { series: SeriesFrame | undefined; end: number } {
  const [layout, has] = [whole.getUint8(at), whole.getUint8(at + 1)];
  const rows = whole.getUint32(at + 4, true);
  const double = (offset: number): number => whole.getFloat64(at + offset, true);
  const word = (offset: number): number => whole.getUint32(at + offset, true);
  const facts = {
    ...{ x0: double(8), x1: double(16), count: word(32), total: word(36) },
    ...{ nonFinite: word(40), notPositive: word(44) },
  };
  let end = at + SERIES_HEAD_BYTES;
  if (layout === LAYOUT.none) return { series: undefined, end };
  const doubles = (): Float64Array => {
    const values = new Float64Array(buffer, end, rows);
    end += 8 * rows;
    return values;
  };
  const floats = (): Float32Array => {
    const values = new Float32Array(buffer, end, rows);
    end += aligned(4 * rows);
    return values;
  };
  const bytes = (): Uint8Array => {
    const values = new Uint8Array(buffer, end, rows);
    end += aligned(rows);
    return values;
  };
  if (layout === LAYOUT.raw) {
    const [x, y] = [doubles(), doubles()];
    const smoothed = has & HAS.smoothed ? doubles() : y;
    return { series: { layout: "raw", ...facts, x, y, smoothed, marks: bytes() }, end };
  }
  const take = layout === LAYOUT.wideColumns ? doubles : floats;
  const [first, min, max, last, mean] = [take(), take(), take(), take(), take()];
  const columns = { first, min, max, last, mean, marks: bytes() };
  const places = {
    ...(has & HAS.before ? { before: { x: double(48), y: double(56) } } : {}),
    ...(has & HAS.after ? { after: { x: double(64), y: double(72) } } : {}),
  };
  return { series: { layout: "columns", ...facts, base: double(24), ...columns, ...places }, end };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
