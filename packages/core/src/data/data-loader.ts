import { AcceleratorError } from "../errors.ts";
import type { BatchSource } from "./batch-source.ts";
import { collate } from "./collate.ts";
import { toTensors, withoutTensors } from "./columns.ts";
import {
  type DataLoaderOptions,
  type ResolvedDataLoaderOptions,
  resolveDataLoaderOptions,
} from "./data-loader-options.ts";
import { type Dataset, type MapSource, type StreamSource, toSource } from "./dataset.ts";
import type { Decoder } from "./decode/decoder.ts";
import type { BatchMaker } from "./pass.ts";
import { shuffledIndices } from "./random.ts";
import { readAll } from "./read-all.ts";

/**
 * Reads a dataset in batches. `Batch` is what a pass yields: tensors in the structure of a sample.
 *
 * The dataset is an array of samples, an object `{ length, get(index) }`, tensors with one row per sample
 * (one tensor, a tuple such as `[inputs, targets]`, or an object of them), or a stream: anything iterable,
 * also asynchronously, or a `tf.data.Dataset`. Tensors that a stream makes are disposed once they are read.
 *
 * Used by itself it reads everything, and the caller disposes the tensors. Prepared by an accelerator it
 * reads this replica's share, and the step disposes them.
 */
export class DataLoader<Batch = unknown> implements AsyncIterable<Batch>, BatchSource<Batch> {
  /** Seed of pass 0; drawn at random without a `seed` option. */
  readonly baseSeed: number;
  readonly options: ResolvedDataLoaderOptions<Batch>;
  readonly source: MapSource | StreamSource;
  #epoch = 0;

  /** @throws {AcceleratorError} `OPTION_INVALID`, `DATA_INVALID`. */
  constructor(dataset: Dataset, options: DataLoaderOptions<Batch> = {}) {
    this.options = resolveDataLoaderOptions(options);
    this.source = toSource(dataset);
    this.#requireFit();
    this.baseSeed = this.options.seed ?? Math.floor(Math.random() * 2 ** 32);
  }

  /** Samples in the dataset; undefined if it is a stream that does not say. */
  get datasetLength(): number | undefined {
    return this.source.length;
  }

  /**
   * Batches in a pass, before they are shared out.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a stream without a length.
   */
  get length(): number {
    const { batchSampler, batchSize, dropLast } = this.options;
    if (batchSampler) return [...batchSampler].length;
    const batches = this.requireDatasetLength() / (batchSize ?? 1);
    return dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** @throws {AcceleratorError} `STATE_INVALID` for a stream without a length. */
  requireDatasetLength(): number {
    if (this.datasetLength !== undefined) return this.datasetLength;
    throw new AcceleratorError(
      "STATE_INVALID",
      "This data loader reads a stream of unknown length; give the stream a length, or count its batches.",
    );
  }

  /** The next pass uses the order of this epoch. */
  setEpoch(epoch: number): void {
    this.#epoch = epoch;
  }

  *batchIndices(seed: number): Generator<readonly number[]> {
    const { batchSampler, dropLast, shuffle } = this.options;
    if (batchSampler) {
      yield* batchSampler;
      return;
    }
    const length = this.requireDatasetLength();
    const batchSize = this.options.batchSize ?? 1;
    const order = shuffle ? shuffledIndices(length, seed) : undefined;
    for (let start = 0; start < length; start += batchSize) {
      const size = Math.min(batchSize, length - start);
      if (dropLast && size < batchSize) return;
      yield Array.from({ length: size }, (_, i) => order?.[start + i] ?? start + i);
    }
  }

  async read(indices: readonly number[]): Promise<unknown> {
    const { source } = this;
    if (source.kind === "stream") throw new Error("streams are not read by index");
    if (source.readRows) return source.readRows(indices);
    return Promise.all(indices.map(async (index) => withoutTensors(await source.get(index))));
  }

  async assemble(
    samples: unknown,
    numbers: readonly number[],
    decoder: Decoder | undefined,
  ): Promise<BatchMaker<Batch>> {
    if (this.source.kind === "map" && this.source.readRows)
      return () => toTensors(samples) as Batch;
    let list = samples as readonly unknown[];
    if (decoder) list = await decoder.decodeAll(list, numbers);
    if (this.options.batchSize === null) {
      const [batch] = list;
      return () => toTensors(batch) as Batch;
    }
    const join = this.options.collate;
    if (join) return () => join(list.map(toTensors));
    const tree = collate(list, numbers);
    return () => toTensors(tree) as Batch;
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch, undefined> {
    return readAll(this, this.#epoch++);
  }

  #requireFit(): void {
    const { collate, decode, shuffle, batchSampler } = this.options;
    let fault: string | undefined;
    if (this.source.kind === "stream") {
      if (shuffle) fault = "a stream cannot be shuffled; shuffle it where it is made.";
      if (batchSampler) fault = "a stream has no indices for a batchSampler.";
    } else if (this.source.readRows && (collate || decode)) {
      fault =
        "collate and decode work on samples, but this dataset holds whole columns; change the batches in the loop.";
    }
    if (fault) throw new AcceleratorError("OPTION_INVALID", `DataLoader: ${fault}`);
  }
}
