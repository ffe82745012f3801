/** Counts of values in neighbouring ranges, and their moments: TensorBoard's `HistogramProto`. */
export type Histogram = {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Right edge of each range. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
};

const RANGES = 30; // what TensorFlow's own summaries use

/** Counts values in equal ranges between the smallest and the largest. Values that are not finite are left out. */
export function histogramOf(values: Iterable<number>): Histogram {
  const finite = [...values].filter(Number.isFinite);
  let [min, max, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of finite) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumSquares += value * value;
  }
  const count = finite.length;
  if (count === 0) return { min: 0, max: 0, count, sum, sumSquares, limits: [0], counts: [0] };
  if (min === max) return { min, max, count, sum, sumSquares, limits: [max], counts: [count] };
  const width = (max - min) / RANGES;
  const counts = new Array<number>(RANGES).fill(0);
  for (const value of finite) {
    const range = Math.min(Math.floor((value - min) / width), RANGES - 1);
    counts[range] = (counts[range] ?? 0) + 1;
  }
  const limits = counts.map((_, range) => (range === RANGES - 1 ? max : min + width * (range + 1)));
  return { min, max, count, sum, sumSquares, limits, counts };
}
