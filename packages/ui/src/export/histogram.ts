import type { Histogram } from "../wire/schema.ts";

const NUM_BINS = 60;

/** Counts of numbers in parts of equal width, from the lowest finite one to the highest. */
export function histogramOf(values: readonly number[]): Histogram {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [count, sum] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count += 1;
    sum += value / values.length; // a sum of large numbers would be infinite
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const nonFinite = values.length - count;
  if (count === 0) return { count, nonFinite, min: null, max: null, mean: null, counts: [] };
  const counts = new Array<number>(min === max ? 1 : NUM_BINS).fill(0);
  // The distance of the extremes may be infinite: then half of everything.
  const scale = Number.isFinite(max - min) ? 1 : 0.5;
  const span = max * scale - min * scale;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const share = span > 0 ? (value * scale - min * scale) / span : 0;
    const bin = Math.min(counts.length - 1, Math.floor(share * counts.length));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { count, nonFinite, min, max, mean: (sum / count) * values.length, counts };
}
