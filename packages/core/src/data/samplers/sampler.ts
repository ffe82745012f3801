import { crc32 } from "node:zlib";
import { AcceleratorError } from "../../errors.ts";

/**
 * Which samples of a dataset a pass of a loader takes, in which order. The order must depend on the seed alone: every rank
 * makes it for itself, and a run that goes on makes it again.
 */
export interface Sampler {
  /** Samples of a pass. */
  readonly length: number;
  /** Their indices in the dataset, `length` of them. The seed differs from epoch to epoch. */
  order(seed: number): ArrayLike<number>;
}

/** @throws {AcceleratorError} `OPTION_INVALID` if it is no sampler. */
export function requireSampler(sampler: unknown): asserts sampler is Sampler {
  const { length, order } = (sampler ?? {}) as Partial<Sampler>;
  if (isCount(length) && typeof order === "function") return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    "DataLoader: a sampler is an object { length, order(seed) }, whose order is a list of indices, such as a " +
      "WeightedRandomSampler; for lists of indices, one for each batch, use batchSampler.",
  );
}

/** @throws {AcceleratorError} `DATA_INVALID` if the order is not that of samples of the dataset. */
export function orderOf(sampler: Sampler, seed: number, datasetLength: number): readonly number[] {
  const order = Array.from(sampler.order(seed));
  const wrong = order.findIndex((index) => !isCount(index) || index >= datasetLength);
  if (wrong < 0 && order.length === sampler.length) return order;
  const found =
    wrong < 0
      ? `${order.length} indices instead of ${sampler.length}, its length`
      : `${String(order[wrong])} at place ${wrong}, which is no index of a dataset of ${datasetLength} samples`;
  throw new AcceleratorError("DATA_INVALID", `DataLoader: the order of the sampler has ${found}.`);
}

/** A number that differs between samplers with other orders. */
export function checksumOf(sampler: Sampler): number {
  return crc32(new Uint8Array(Float64Array.from(sampler.order(0)).buffer));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
