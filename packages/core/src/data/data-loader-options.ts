import { AcceleratorError } from "../errors.ts";
import type { CollateFunction } from "./dataset.ts";

export type DataLoaderOptions<Batch> = {
  /** Samples per batch on each replica. Default 1. */
  readonly batchSize?: number;
  /** New random order in every pass. Default false. */
  readonly shuffle?: boolean;
  /** Makes the shuffled orders reproducible; pass `e` uses `seed + e`. */
  readonly seed?: number;
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  /** Joins samples into a batch, instead of stacking them. */
  readonly collate?: CollateFunction<Batch>;
  /** Lists of sample indices, one list per batch, instead of `batchSize`, `shuffle` and `dropLast`. */
  readonly batchSampler?: Iterable<readonly number[]>;
};

export type ResolvedDataLoaderOptions<Batch> = {
  /** Undefined with a `batchSampler`: its batches vary in size. */
  readonly batchSize: number | undefined;
  readonly shuffle: boolean;
  readonly seed: number | undefined;
  readonly dropLast: boolean;
  readonly collate: CollateFunction<Batch> | undefined;
  readonly batchSampler: Iterable<readonly number[]> | undefined;
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveDataLoaderOptions<Batch>(
  options: DataLoaderOptions<Batch>,
): ResolvedDataLoaderOptions<Batch> {
  const { batchSampler, batchSize = 1, shuffle = false, dropLast = false, seed, collate } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `DataLoader: batchSize must be an integer of at least 1, got ${batchSize}.`,
    );
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `DataLoader: seed must be an integer, got ${seed}.`,
    );
  }
  if (batchSampler !== undefined) {
    if (typeof batchSampler?.[Symbol.iterator] !== "function") {
      throw new AcceleratorError("OPTION_INVALID", "DataLoader: batchSampler must be iterable.");
    }
    if (options.batchSize !== undefined || shuffle || dropLast) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        "DataLoader: batchSampler decides on batches itself; leave out batchSize, shuffle and dropLast.",
      );
    }
  }
  return {
    batchSize: batchSampler === undefined ? batchSize : undefined,
    ...{ shuffle, seed, dropLast, collate, batchSampler },
  };
}
