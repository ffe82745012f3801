import { AcceleratorError } from "@acc/core/tracker";

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
  const finite = Array.from(sequence).filter(Number.isFinite);
  if (finite.length === 0) {
    throw new AcceleratorError("VALUE_INVALID", "A histogram needs at least one finite value.");
  }
  let low = finite.reduce((a, b) => Math.min(a, b));
  let high = finite.reduce((a, b) => Math.max(a, b));
  if (low === high) {
    low -= 0.5; // as NumPy does: one value is in the middle of a range of width 1
    high += 0.5;
  }
  const width = (high - low) / numBins;
  const bins = Array.from({ length: numBins + 1 }, (_, i) =>
    i === numBins ? high : low + i * width,
  );
  const values = new Array<number>(numBins).fill(0);
  for (const value of finite) {
    let at = Math.min(Math.floor(((value - low) / (high - low)) * numBins), numBins - 1);
    // Division rounds: the edges decide, the last range holds its upper edge.
    while (at > 0 && value < (bins[at] as number)) at--;
    while (at < numBins - 1 && value >= (bins[at + 1] as number)) at++;
    values[at] = (values[at] as number) + 1;
  }
  return { _type: "histogram", values, bins };
}
