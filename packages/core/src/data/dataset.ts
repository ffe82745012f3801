import { AcceleratorError } from "../errors.ts";
import { collate } from "./collate.ts";
import { type ColumnTree, countRows, isRowSource, type RowSource, rowReader } from "./columns.ts";

/** A dataset that gives any of its samples by index. */
export interface MapDataset<Sample = unknown> {
  readonly length: number;
  get(index: number): Sample | Promise<Sample>;
}

/** What a `DataLoader` reads: samples in a list, by index, or as the rows of tensors. */
export type Dataset = readonly unknown[] | MapDataset | RowSource;

/** Joins samples into what the loader yields; the tensors in it belong to the step. */
export type CollateFunction<Batch> = (samples: unknown[]) => Batch | Promise<Batch>;

/** A dataset in the one form the loader needs: how long it is, and batches by index. */
export type BatchSource = {
  readonly length: number;
  /** The samples, ready to become tensors. */
  readonly read: (indices: readonly number[]) => Promise<ColumnTree>;
  /** The samples themselves, for a user's own `collate`; undefined if there are only columns. */
  readonly samples: ((indices: readonly number[]) => Promise<unknown[]>) | undefined;
};

/**
 * Wraps whatever was passed as a dataset.
 *
 * @throws {AcceleratorError} `DATA_INVALID` saying what was found.
 */
export function toBatchSource(dataset: Dataset): BatchSource {
  if (isRowSource(dataset)) {
    return { length: countRows(dataset), read: rowReader(dataset), samples: undefined };
  }
  const { length, get } = asMapDataset(dataset);
  const samples = (indices: readonly number[]): Promise<unknown[]> =>
    Promise.all(indices.map(async (index) => get(index)));
  return {
    length,
    samples,
    read: async (indices) => collate(await samples(indices), indices),
  };
}

function asMapDataset(dataset: readonly unknown[] | MapDataset): MapDataset {
  if (Array.isArray(dataset)) return { length: dataset.length, get: (index) => dataset[index] };
  const { length, get } = (dataset ?? {}) as Partial<MapDataset>;
  if (typeof get === "function" && Number.isInteger(length) && (length as number) >= 0) {
    return { length: length as number, get: (index) => (dataset as MapDataset).get(index) };
  }
  const found = typeof get === "function" ? `get() but length ${String(length)}` : typeof dataset;
  throw new AcceleratorError(
    "DATA_INVALID",
    "A dataset is an array of samples, an object { length, get(index) }, or tensors with one row per " +
      `sample; found ${found}.`,
  );
}
