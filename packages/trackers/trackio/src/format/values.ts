import { AcceleratorError, type LogValue } from "@acc/core/tracker";
import { countsOf } from "@acc/tracker-kit";

/** Plain data that Trackio draws as a histogram: `values[i]` numbers lie between `bins[i]` and `bins[i + 1]`. */
export type Histogram = {
  readonly _type: "trackio.histogram";
  readonly bins: number[];
  readonly values: number[];
};

/** Plain data that Trackio shows as a report. */
export type Markdown = { readonly _type: "trackio.markdown"; readonly _value: string };

const MAX_BINS = 512;
const DEFAULT_BINS = 64;
/** A longer typed array becomes a histogram: Trackio draws no lists. */
const MAX_LIST = 32;

/**
 * A histogram for `log`: `accelerator.log({ weights: histogram(values) })`. Values that are not finite are left out.
 *
 * @param numBins bins of equal width between the least and the greatest value, at most 512. Default 64.
 * @throws {AcceleratorError} `VALUE_INVALID` if the number of bins is out of range.
 */
export function histogram(sequence: ArrayLike<number>, numBins: number = DEFAULT_BINS): Histogram {
  if (!Number.isInteger(numBins) || numBins < 1 || numBins > MAX_BINS) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `A histogram of Trackio has 1 to ${MAX_BINS} bins, got ${numBins}.`,
    );
  }
  return {
    _type: "trackio.histogram",
    ...(countsOf(sequence, numBins) ?? { bins: [], values: [] }),
  };
}

/** A text for `log` that Trackio shows as a report: `accelerator.log({ report: markdown("# Result") })`. */
export function markdown(text: string): Markdown {
  return { _type: "trackio.markdown", _value: text };
}

/** A value as a row holds it: a typed array is a number, a list or a histogram, by its length. */
export function rowValue(value: LogValue): LogValue {
  if (!ArrayBuffer.isView(value)) return value;
  const numbers = Array.from(value as Float32Array);
  if (numbers.length === 1) return numbers[0];
  return numbers.length <= MAX_LIST ? numbers : histogram(numbers.map(Number));
}
