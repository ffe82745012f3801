import { AcceleratorError } from "@acc/core/tracker";
import { countsOf } from "@acc/tracker-kit";

/** Plain data that W&B draws as a histogram: `values[i]` numbers lie between `bins[i]` and `bins[i + 1]`. */
export type Histogram = {
  readonly _type: "histogram";
  readonly values: number[];
  readonly bins: number[];
};

const MAX_BINS = 512;

/**
 * A histogram for `log`: `accelerator.log({ weights: histogram(values) })`.
 *
 * @param numBins bins of equal width between the least and the greatest value, at most 512. Default 64.
 * @throws {AcceleratorError} `VALUE_INVALID` if there is no finite value, or the number of bins is out of range.
 */
export function histogram(sequence: ArrayLike<number>, numBins = 64): Histogram {
  if (!Number.isInteger(numBins) || numBins < 1 || numBins > MAX_BINS) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `A histogram of W&B has 1 to ${MAX_BINS} bins, got ${numBins}.`,
    );
  }
  const counts = countsOf(sequence, numBins);
  if (!counts) {
    throw new AcceleratorError("VALUE_INVALID", "A histogram needs at least one finite value.");
  }
  return { _type: "histogram", ...counts };
}
