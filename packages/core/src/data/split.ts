import { AcceleratorError } from "../errors.ts";
import type { ShardOptions } from "./shard.ts";

/**
 * One rank's part of every global batch: each batch is cut into `worldSize` slices of equal size.
 *
 * With `evenBatches` a short last batch is padded with the samples of the first one, cyclically; without it, ranks
 * beyond its end yield nothing.
 *
 * @param options how batches are cut.
 * @param first gives the first batch of the pass in a list, if `batches` do not begin with it.
 */
export function* splitBatches<T>(
  batches: Iterable<readonly T[]>,
  options: ShardOptions,
  first?: () => readonly (readonly T[])[] | undefined,
): Generator<readonly T[]> {
  const { rank, worldSize, dropLast } = options;
  const evenBatches = options.evenBatches && worldSize > 1;
  const batchSize = requireSplittable(options);
  const sliceSize = batchSize / worldSize;
  const slice = (batch: readonly T[]): readonly T[] =>
    batch.slice(rank * sliceSize, (rank + 1) * sliceSize);
  let ownFirst: readonly T[] | undefined;
  for (const batch of batches) {
    ownFirst ??= batch;
    if (batch.length === batchSize) yield slice(batch);
    else if (dropLast) return;
    else if (evenBatches) yield slice(completed(batch, first?.()?.[0] ?? ownFirst, batchSize));
    else if (rank * sliceSize < batch.length) yield slice(batch);
  }
}

/** How many slices `splitBatches` yields of `sampleCount` samples. */
export function splitLength(sampleCount: number, options: ShardOptions): number {
  const batchSize = requireSplittable(options);
  const full = Math.floor(sampleCount / batchSize);
  const rest = sampleCount % batchSize;
  if (rest === 0 || options.dropLast) return full;
  const sliceSize = batchSize / options.worldSize;
  return options.evenBatches || options.rank * sliceSize < rest ? full + 1 : full;
}

/** @throws {AcceleratorError} `OPTION_INVALID` unless batches have one size, a multiple of `worldSize`. */
export function requireSplittable({ batchSize, worldSize }: ShardOptions): number {
  if (batchSize === undefined) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      "splitBatches needs batches of one size: use batchSize instead of a batchSampler or whole batches.",
    );
  }
  if (batchSize % worldSize === 0) return batchSize;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `splitBatches needs a batchSize that is a round multiple of the number of replicas: ${batchSize} is not ` +
      `one of ${worldSize}. Choose ${Math.ceil(batchSize / worldSize) * worldSize}.`,
  );
}

function completed<T>(batch: readonly T[], pool: readonly T[], size: number): readonly T[] {
  const added = Array.from({ length: size - batch.length }, (_, i) => pool[i % pool.length] as T);
  return [...batch, ...added];
}
