import { AcceleratorError } from "../errors.ts";
import { readWith, sampleSeed, timesSeeded } from "../random/seeded-random.ts";
import type { BatchSource, SamplerPass } from "./batch-source.ts";
import { collate } from "./collate.ts";
import { toTensors, withoutTensors } from "./columns.ts";
import {
  type DataLoaderOptions,
  type ResolvedDataLoaderOptions,
  resolveDataLoaderOptions,
} from "./data-loader-options.ts";
import { type Dataset, type MapSource, type StreamSource, toSource } from "./dataset.ts";
import type { Decoder } from "./decode/decoder.ts";
import { IndexBatches } from "./index-batches.ts";
import type { BatchMaker } from "./pass.ts";
import { readAll } from "./read-all.ts";
import { SamplerReader } from "./sampler-reader.ts";
import { orderOf } from "./samplers/sampler.ts";
import { shuffledIndices } from "./samplers/shuffled-indices.ts";

/**
 * Reads a dataset in batches. `Batch` is what a pass yields: tensors in the structure of a sample.
 *
 * The dataset is an array of samples, an object `{ length, get(index) }`, tensors with one row per sample
 * (one tensor, a tuple such as `[inputs, targets]`, or an object of them), or a stream: anything iterable,
 * also asynchronously, or a `tf.data.Dataset`.
 *
 * With several replicas every rank makes the loader over the same dataset, and `prepare` gives each its share. It compares the
 * options and the length of the dataset over the ranks, not the samples: call `setSeed` before data are shuffled or drawn.
 *
 * Who disposes what: batches are copies. Used by itself a loader reads everything, and the caller disposes the tensors
 * of a batch; prepared by an accelerator it reads this replica's share, and the step disposes them. Tensors that the
 * dataset, its functions and `collate` make belong to them: a cache, a shuffle buffer or a window may hold them as long
 * as needed, and no step disposes them or records how they were made. They need not be disposed: their values leave the
 * backend once they are read, and are garbage collected with their tensor. Complex tensors are the exception: the code
 * that makes them disposes them.
 */
export class DataLoader<Batch = unknown> implements AsyncIterable<Batch>, BatchSource<Batch> {
  readonly options: ResolvedDataLoaderOptions<Batch>;
  readonly source: MapSource | StreamSource;
  #epoch = 0;
  #drawnSeed = { value: 0, timesSeeded: -1 };
  /** Replicas that share it since it was prepared. */
  #sharedBy = 1;

  /** @throws {AcceleratorError} `OPTION_INVALID`, `DATA_INVALID`. */
  constructor(dataset: Dataset, options: DataLoaderOptions<Batch> = {}) {
    this.options = resolveDataLoaderOptions(options);
    this.source = toSource(dataset);
    this.#requireFit();
  }

  /** Seed of pass 0; without a `seed` option drawn at random when it is needed, and again after `setSeed`. */
  get baseSeed(): number {
    const { seed } = this.options;
    if (seed !== undefined) return seed;
    if (this.#drawnSeed.timesSeeded !== timesSeeded()) {
      const value = Math.floor(Math.random() * 2 ** 32);
      this.#drawnSeed = { value, timesSeeded: timesSeeded() };
    }
    return this.#drawnSeed.value;
  }

  /** Samples in the dataset; undefined if it is a stream that does not say. */
  get datasetLength(): number | undefined {
    return this.source.length;
  }

  /**
   * Batches in a pass, before sharding.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a stream without a length.
   */
  get length(): number {
    const { batchSampler, batchSize, dropLast } = this.options;
    if (batchSampler) return [...batchSampler].length;
    const batches = this.requirePassLength() / (batchSize ?? 1);
    return dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** Samples of a pass; undefined if the dataset is a stream that does not say. */
  get passLength(): number | undefined {
    return this.options.sampler?.length ?? this.datasetLength;
  }

  /** @throws {AcceleratorError} `STATE_INVALID` for a stream without a length. */
  requirePassLength(): number {
    if (this.passLength !== undefined) return this.passLength;
    throw new AcceleratorError(
      "STATE_INVALID",
      "This data loader reads a stream of unknown length; give the stream a length, or count its batches.",
    );
  }

  /** The next pass uses the order of this epoch. */
  setEpoch(epoch: number): void {
    this.#epoch = epoch;
  }

  indexBatches(seed: number): IndexBatches {
    const { dropLast, shuffle, sampler } = this.options;
    const batchSize = this.options.batchSize ?? 1;
    const length = this.requirePassLength();
    const order = sampler
      ? orderOf(sampler, seed, this.datasetLength ?? 0)
      : shuffle
        ? shuffledIndices(length, seed)
        : undefined;
    return new IndexBatches(length, { batchSize, dropLast, order });
  }

  sampledBatches({ seed, ...options }: SamplerPass): SamplerReader | undefined {
    const { batchSampler } = this.options;
    const ofSampler = sampleSeed(seed, SAMPLER);
    return batchSampler && new SamplerReader(batchSampler, { ...options, seed: ofSampler });
  }

  async read(indices: readonly number[], passSeed: number): Promise<unknown> {
    const { source } = this;
    if (source.kind === "stream") throw new Error("streams are not read by index");
    if (source.readRows) return source.readRows(indices);
    const get = async (index: number) => withoutTensors(await source.get(index));
    return Promise.all(
      indices.map((index) => readWith(sampleSeed(passSeed, index), () => get(index))),
    );
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
    if (join) {
      const batch = await withoutTensors(await join(list.map(toTensors)));
      return () => toTensors(batch) as Batch;
    }
    const tree = collate(list, numbers);
    return () => toTensors(tree) as Batch;
  }

  /** It was prepared: a loop over itself is probably one that should be over what `prepare` returned. @internal */
  noteShared(worldSize: number): void {
    this.#sharedBy = worldSize;
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch, undefined> {
    this.#warnIfShared();
    return readAll(this, this.#epoch++);
  }

  #warnIfShared(): void {
    if (this.#sharedBy === 1) return;
    process.emitWarning(
      `This DataLoader is prepared, but a loop reads it by itself: each of the ${this.#sharedBy} replicas gets all batches, and ` +
        "nobody disposes them. Loop over what prepare returned: const loader = await accelerator.prepare(new DataLoader(…)). " +
        "If every replica shall read everything, make another DataLoader for it.",
      "AcceleratorWarning",
    );
    this.#sharedBy = 1; // once
  }

  #requireFit(): void {
    const { collate, decode, shuffle, sampler, batchSampler } = this.options;
    let fault: string | undefined;
    if (this.source.kind === "stream") {
      if (shuffle) fault = "a stream cannot be shuffled; shuffle it where it is made.";
      if (sampler)
        fault = "a stream has no indices for a sampler; choose samples where it is made.";
      if (batchSampler) fault = "a stream has no indices for a batchSampler.";
    } else if (this.source.readRows && (collate || decode)) {
      fault =
        "collate and decode work on samples, but this dataset holds whole columns; change the batches in the loop.";
    }
    if (fault) throw new AcceleratorError("OPTION_INVALID", `DataLoader: ${fault}`);
  }
}

/** The place of the batchSampler among the samples of a pass, for its random numbers. */
const SAMPLER = -1;
