import { AcceleratorError } from "../errors.ts";
import { type ColumnTree, toTensors } from "./columns.ts";
import {
  type DataLoaderOptions,
  type ResolvedDataLoaderOptions,
  resolveDataLoaderOptions,
} from "./data-loader-options.ts";
import { type BatchSource, type Dataset, toBatchSource } from "./dataset.ts";
import { shuffledIndices } from "./random.ts";

/**
 * Reads a dataset in batches. `Batch` is what a pass yields: tensors in the structure of a sample.
 *
 * The dataset is an array of samples, an object `{ length, get(index) }`, or tensors with one row per
 * sample: one tensor, a tuple such as `[inputs, targets]`, or an object of them.
 *
 * Used by itself it reads everything, and the caller disposes the tensors. Prepared by an accelerator it
 * reads this replica's share, and the step disposes them.
 */
export class DataLoader<Batch = unknown> implements AsyncIterable<Batch> {
  /** Seed of pass 0; drawn at random without a `seed` option. */
  readonly baseSeed: number;
  readonly options: ResolvedDataLoaderOptions<Batch>;
  readonly #source: BatchSource;
  #epoch = 0;

  /** @throws {AcceleratorError} `OPTION_INVALID`, `DATA_INVALID`. */
  constructor(dataset: Dataset, options: DataLoaderOptions<Batch> = {}) {
    this.options = resolveDataLoaderOptions(options);
    this.#source = toBatchSource(dataset);
    if (this.options.collate && !this.#source.samples) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        "DataLoader: collate joins samples, but this dataset holds whole columns; map the batches in the loop.",
      );
    }
    this.baseSeed = this.options.seed ?? Math.floor(Math.random() * 2 ** 32);
  }

  /** Samples in the dataset. */
  get datasetLength(): number {
    return this.#source.length;
  }

  /** Batches in a pass, before they are shared out. */
  get length(): number {
    const { batchSampler, batchSize = 1, dropLast } = this.options;
    if (batchSampler) return [...batchSampler].length;
    const batches = this.datasetLength / batchSize;
    return dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The next pass uses the order of this epoch. */
  setEpoch(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Indices of every batch of a pass, in order; the same on every rank for the same seed. */
  *batchIndices(seed: number): Generator<readonly number[]> {
    const { batchSampler, batchSize = 1, dropLast, shuffle } = this.options;
    if (batchSampler) {
      yield* batchSampler;
      return;
    }
    const { datasetLength: length } = this;
    const order = shuffle ? shuffledIndices(length, seed) : undefined;
    for (let start = 0; start < length; start += batchSize) {
      const size = Math.min(batchSize, length - start);
      if (dropLast && size < batchSize) return;
      yield Array.from({ length: size }, (_, i) => order?.[start + i] ?? start + i);
    }
  }

  /** Fetches samples. What it resolves with makes the batch, so that tensors appear only when wanted. */
  async fetch(indices: readonly number[]): Promise<() => Batch | Promise<Batch>> {
    const { collate } = this.options;
    if (collate && this.#source.samples) {
      const samples = await this.#source.samples(indices);
      return () => collate(samples);
    }
    const tree: ColumnTree = await this.#source.read(indices);
    return () => toTensors(tree) as Batch;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    const epoch = this.#epoch++;
    for (const indices of this.batchIndices(this.baseSeed + epoch)) {
      const make = await this.fetch(indices);
      yield await make();
    }
  }
}
