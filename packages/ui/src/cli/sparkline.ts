import { MARK, type Series } from "../wire/series.ts";

const BARS = "▁▂▃▄▅▆▇█";
/** A bucket with nothing but NaN or infinities. */
const NO_NUMBER = "×";
/** Buckets of a sparkline. */
export const SPARK_WIDTH: number = BARS.length;

type Bucket = { readonly value: number; readonly isEmpty: boolean };

/** A curve in eight characters, from the lowest value to the highest. Buckets without a point are left out. */
export function sparkline(series: Series): string {
  const buckets = (series.layout === "raw" ? rawBuckets(series) : columnBuckets(series)).filter(
    ({ isEmpty }) => !isEmpty,
  );
  const values = buckets.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const lowest = Math.min(...values);
  const span = Math.max(...values) - lowest;
  return buckets
    .map(({ value }) => {
      if (Number.isNaN(value)) return NO_NUMBER;
      const share = span > 0 ? (value - lowest) / span : 0;
      return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))];
    })
    .join("");
}

function columnBuckets({ mean, marks }: Extract<Series, { layout: "columns" }>): Bucket[] {
  return Array.from(mean, (value, column) => ({
    ...{ value, isEmpty: ((marks[column] ?? 0) & MARK.empty) !== 0 },
  }));
}

/** Few points: as many buckets at most, each with the mean of its points. */
function rawBuckets({ y }: Extract<Series, { layout: "raw" }>): Bucket[] {
  const count = Math.min(SPARK_WIDTH, y.length);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * y.length) / count);
    const part = y.slice(start, Math.floor(((i + 1) * y.length) / count)).filter(Number.isFinite);
    const sum = part.reduce((total, value) => total + value, 0);
    return { value: part.length > 0 ? sum / part.length : Number.NaN, isEmpty: false };
  });
}
