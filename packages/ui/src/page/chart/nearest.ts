import type { SeriesFrame } from "../../wire/frame.ts";
import { columnCentres } from "../plot/scale.ts";

/** The values of x at which a frame has something, for moving from one to the next. */
export function placesOf(frame: SeriesFrame, isLogX: boolean): Float64Array {
  if (frame.layout === "raw") return frame.x;
  const { x0, x1, mean, marks } = frame;
  const count = marks.length;
  const centre = columnCentres({ min: x0, max: x1, isLog: isLogX }, count);
  // The ends themselves can be reached: the last value is what people look for.
  const place = (column: number): number =>
    column === 0 ? x0 : column === count - 1 ? x1 : centre(column);
  const places = Float64Array.from(mean, (value, column) =>
    Number.isNaN(value) ? Number.NaN : place(column),
  );
  return places.filter((x) => !Number.isNaN(x));
}

/** The index of the value that is nearest to `x`; −1 if there is none. The values never fall. */
export function nearestIndex(values: Float64Array, x: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  const before = x - (values[low - 1] ?? Number.NEGATIVE_INFINITY);
  return low > 0 && before <= (values[low] as number) - x
    ? low - 1
    : low < values.length
      ? low
      : -1;
}

/** Roughly the value at `x`, until the exact one is there. */
export function roughValue(frame: SeriesFrame, x: number, isLogX: boolean): number | undefined {
  if (frame.layout === "raw") return frame.smoothed[nearestIndex(frame.x, x)];
  const { x0, x1, marks, mean, base } = frame;
  const share = isLogX ? Math.log(x / x0) / Math.log(x1 / x0) : (x - x0) / (x1 - x0);
  const column = Math.min(Math.max(Math.floor(share * marks.length), 0), marks.length - 1);
  const value = mean[column];
  return value === undefined || Number.isNaN(value) ? undefined : base + value;
}
