import { AcceleratorError } from "../errors.ts";
import { foundText } from "../options/found-text.ts";
import { PreparedDataLoader } from "./prepared-data-loader.ts";

/**
 * The loader without the first `numBatches` steps of each of its passes; `loadStateDict` does this by itself. It shares
 * the epochs of `loader` and all its options: the pass after it is the next epoch, in its own order. Of a list nothing is
 * read; a stream is read to there.
 *
 * @param loader a prepared data loader.
 * @param numBatches steps, that is batches on every replica, from the beginning of the epoch.
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function skipFirstBatches<Batch>(
  loader: PreparedDataLoader<Batch>,
  numBatches: number,
): PreparedDataLoader<Batch> {
  if (!(loader instanceof PreparedDataLoader)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      "skipFirstBatches: the first argument is no prepared data loader. Pass what accelerator.prepare(loader) returned.",
    );
  }
  if (!Number.isSafeInteger(numBatches) || numBatches < 0) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `skipFirstBatches: the number of batches must be an integer of at least 0, got ${foundText(numBatches)}.`,
    );
  }
  return loader.without(numBatches);
}
