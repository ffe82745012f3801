import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import type { DataLoader } from "./data-loader.ts";
import { Decoder } from "./decode/decoder.ts";
import type { LoaderObserver, LoaderState } from "./loader-observer.ts";
import { Pass, type PlannedBatch } from "./pass.ts";
import { type PlanOptions, planDispatch, planIndices, planStream } from "./plan.ts";
import { type ShardOptions, shardLength } from "./shard.ts";
import { requireSplittable, splitLength } from "./split.ts";
import { streamLength } from "./stream-shard.ts";

export type PreparedDataLoaderOptions = {
  readonly collective: Collective;
  readonly evenBatches: boolean;
  readonly splitBatches: boolean;
  /** Rank 0 reads for all. */
  readonly dispatchBatches: boolean;
  /** Seed of pass 0, equal on every rank. */
  readonly baseSeed: number;
  readonly observer: LoaderObserver;
};

/**
 * A data loader that yields this replica's share of the batches. The tensors of a batch, and all that is
 * made from them, live until the next batch is asked for.
 *
 * Every pass, whether it ends by exhaustion or by `break`, moves on to the next epoch and so to the next
 * shuffled order; `setEpoch` chooses it.
 */
export class PreparedDataLoader<Batch = unknown> implements AsyncIterable<Batch>, LoaderState {
  /** The loader that was prepared. */
  readonly loader: DataLoader<Batch>;
  /** Whether every replica makes the same number of steps, where samples are read by index. */
  evenBatches: boolean;
  readonly #options: PreparedDataLoaderOptions;
  #epoch = 0;
  #endOfDataloader = false;
  /** Of the batch in hand, where only reading tells. */
  #realSamples: number | undefined;
  #pass: Pass<Batch> | undefined;

  /** @throws {AcceleratorError} `OPTION_INVALID` if batches cannot be split over the replicas. */
  constructor(loader: DataLoader<Batch>, options: PreparedDataLoaderOptions) {
    this.loader = loader;
    this.#options = options;
    this.evenBatches = options.evenBatches;
    if (options.splitBatches) requireSplittable(this.#shardOptions());
  }

  /** Passes begun, or what `setEpoch` said; the number of the pass in progress or, between, of the next. */
  get epoch(): number {
    return this.#epoch;
  }

  setEpoch(epoch: number): void {
    if (!Number.isSafeInteger(epoch) || epoch < 0) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `setEpoch: an integer of at least 0 is needed, got ${epoch}.`,
      );
    }
    this.#epoch = epoch;
  }

  get endOfDataloader(): boolean {
    return this.#endOfDataloader;
  }

  get remainder(): number {
    const { batchSize, dropLast } = this.loader.options;
    if (dropLast || batchSize === undefined || batchSize === null) return -1;
    if (this.#readsByIndex) return this.loader.requireDatasetLength() % this.totalBatchSize;
    return this.#endOfDataloader ? (this.#realSamples ?? -1) : -1;
  }

  /** Samples that all replicas together take in a step; NaN if batches vary in size. */
  get totalBatchSize(): number {
    const { batchSize } = this.loader.options;
    const { splitBatches, collective } = this.#options;
    return (batchSize ?? Number.NaN) * (splitBatches ? 1 : collective.worldSize);
  }

  /** Samples in the dataset; undefined if it is a stream that does not say. */
  get totalDatasetLength(): number | undefined {
    return this.loader.datasetLength;
  }

  /**
   * Batches this replica yields in a pass.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a stream without a length.
   */
  get length(): number {
    const { batchSize, dropLast, shard } = this.loader.options;
    const { splitBatches, collective } = this.#options;
    const options = this.#shardOptions();
    if (!this.#readsByIndex) {
      const shareSize = (batchSize ?? 1) / (splitBatches ? collective.worldSize : 1);
      const worldSize = shard ? collective.worldSize : 1;
      return streamLength(this.loader.requireDatasetLength(), { worldSize, shareSize, dropLast });
    }
    if (splitBatches) return splitLength(this.loader.requireDatasetLength(), options);
    return shardLength(this.loader.length, options);
  }

  /** @throws {AcceleratorError} `STATE_INVALID` at the first batch if another pass is waiting for one. */
  [Symbol.asyncIterator](): AsyncIterator<Batch, undefined> {
    const { decode, numWorkers, prefetch } = this.loader.options;
    let decoder: Decoder | undefined;
    const pass: Pass<Batch> = new Pass<Batch>({
      prefetch,
      open: async () => {
        await this.#begin(pass);
        decoder = decode === undefined ? undefined : new Decoder(decode, numWorkers);
        return this.#plan(decoder);
      },
      beginStep: (batch, isLast) => this.#beginStep(batch, isLast),
      end: async () => {
        this.#end(pass);
        await decoder?.close();
      },
    });
    return pass;
  }

  /** Every rank reads its own samples by their indices. */
  get #readsByIndex(): boolean {
    return this.loader.source.kind === "map" && !this.#options.dispatchBatches;
  }

  async #begin(pass: Pass<Batch>): Promise<void> {
    const abandoned = this.#pass; // by a loop that did not close its iterator
    if (abandoned?.isBusy) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "This data loader is already being read by another loop; finish that one, or make a second loader.",
      );
    }
    this.#pass = pass;
    await abandoned?.return();
    this.#endOfDataloader = false;
    this.#options.observer.begin(this);
  }

  #plan(decoder: Decoder | undefined): AsyncIterator<PlannedBatch<Batch>> {
    const { collective, splitBatches, dispatchBatches, baseSeed } = this.#options;
    const { rank, worldSize } = collective;
    const options: PlanOptions = {
      ...{ rank, worldSize, splitBatches, decoder, evenBatches: this.evenBatches },
      ...{ seed: baseSeed + this.#epoch, epoch: this.#epoch },
    };
    const { source } = this.loader;
    if (dispatchBatches) return planDispatch(this.loader, options, collective);
    return source.kind === "stream"
      ? planStream(this.loader, source, options)
      : planIndices(this.loader, options);
  }

  #beginStep({ realSamples }: PlannedBatch<Batch>, isLast: boolean): void {
    this.#realSamples = realSamples;
    this.#endOfDataloader = isLast;
    const { totalBatchSize } = this;
    const last = isLast && this.remainder > 0 ? this.remainder : totalBatchSize;
    const samples = realSamples ?? (Number.isNaN(last) ? 0 : last);
    this.#options.observer.beginStep(this, samples);
  }

  #end(pass: Pass<Batch>): void {
    if (this.#pass === pass) this.#pass = undefined;
    this.#epoch += 1;
    this.#endOfDataloader = false;
    this.#options.observer.end(this);
  }

  #shardOptions(): ShardOptions {
    const { rank, worldSize } = this.#options.collective;
    const { batchSize, dropLast } = this.loader.options;
    return {
      ...{ rank, worldSize, dropLast, evenBatches: this.evenBatches },
      batchSize: batchSize ?? undefined,
    };
  }
}
