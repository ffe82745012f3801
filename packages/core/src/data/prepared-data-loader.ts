import { AcceleratorError } from "../errors.ts";
import type { DataLoader } from "./data-loader.ts";
import type { LoaderObserver, LoaderState } from "./loader-observer.ts";
import { type ShardOptions, shardBatches, shardLength } from "./shard.ts";

export type PreparedDataLoaderOptions = {
  readonly rank: number;
  readonly worldSize: number;
  readonly evenBatches: boolean;
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
  readonly #loader: DataLoader<Batch>;
  readonly #options: PreparedDataLoaderOptions;
  #epoch = 0;
  #evenBatches: boolean;
  #endOfDataloader = false;
  #pass: Pass<Batch> | undefined;

  constructor(loader: DataLoader<Batch>, options: PreparedDataLoaderOptions) {
    this.#loader = loader;
    this.#options = options;
    this.#evenBatches = options.evenBatches;
  }

  /** The loader that was prepared. */
  get loader(): DataLoader<Batch> {
    return this.#loader;
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

  /** Whether every replica makes the same number of steps. Holds from the next pass on. */
  get evenBatches(): boolean {
    return this.#evenBatches;
  }

  set evenBatches(value: boolean) {
    this.#evenBatches = value;
  }

  get endOfDataloader(): boolean {
    return this.#endOfDataloader;
  }

  get remainder(): number {
    const { batchSize, dropLast } = this.#loader.options;
    if (dropLast || batchSize === undefined) return -1;
    return this.totalDatasetLength % this.totalBatchSize;
  }

  /** Samples that all replicas together take in a step; of a custom batch sampler, unknown: NaN. */
  get totalBatchSize(): number {
    return (this.#loader.options.batchSize ?? Number.NaN) * this.#options.worldSize;
  }

  get totalDatasetLength(): number {
    return this.#loader.datasetLength;
  }

  /** Batches this replica yields in a pass. */
  get length(): number {
    return shardLength(this.#loader.length, this.#shardOptions());
  }

  /** @throws {AcceleratorError} `STATE_INVALID` at the first batch if another pass is waiting for one. */
  [Symbol.asyncIterator](): AsyncIterator<Batch, undefined> {
    return new Pass(this.#loader, {
      begin: (pass) => this.#begin(pass),
      beginStep: (isLast) => {
        this.#options.observer.beginStep(this);
        this.#endOfDataloader = isLast;
      },
      end: (pass) => this.#end(pass),
    });
  }

  async #begin(pass: Pass<Batch>): Promise<Iterator<readonly number[]>> {
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
    await this.#options.observer.begin(this);
    const batches = this.#loader.batchIndices(this.#options.baseSeed + this.#epoch);
    return shardBatches(batches, this.#shardOptions());
  }

  #end(pass: Pass<Batch>): void {
    if (this.#pass === pass) this.#pass = undefined;
    this.#epoch += 1;
    this.#endOfDataloader = false;
    this.#options.observer.end(this);
  }

  #shardOptions(): ShardOptions {
    const { rank, worldSize } = this.#options;
    const { batchSize, dropLast } = this.#loader.options;
    return { rank, worldSize, batchSize, dropLast, evenBatches: this.#evenBatches };
  }
}

type PassEvents<Batch> = {
  readonly begin: (pass: Pass<Batch>) => Promise<Iterator<readonly number[]>>;
  readonly beginStep: (isLast: boolean) => void;
  readonly end: (pass: Pass<Batch>) => void;
};

/** One iteration. Looks one batch of indices ahead, to know the last batch when it hands it out. */
class Pass<Batch> implements AsyncIterator<Batch, undefined> {
  readonly #loader: DataLoader<Batch>;
  readonly #events: PassEvents<Batch>;
  #indices: Iterator<readonly number[]> | undefined;
  #upcoming: readonly number[] | undefined;
  #isOver = false;
  #calls = 0;
  /** Calls wait for each other: `next` may be called again before it has resolved. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(loader: DataLoader<Batch>, events: PassEvents<Batch>) {
    this.#loader = loader;
    this.#events = events;
  }

  /** Whether a batch is being made right now. */
  get isBusy(): boolean {
    return this.#calls > 0;
  }

  next(): Promise<IteratorResult<Batch, undefined>> {
    return this.#inOrder(async () => {
      try {
        return await this.#advance();
      } catch (error) {
        this.#finish();
        throw error;
      }
    });
  }

  return(): Promise<IteratorResult<Batch, undefined>> {
    return this.#inOrder(async () => {
      this.#finish();
      return DONE;
    });
  }

  async #advance(): Promise<IteratorResult<Batch, undefined>> {
    if (this.#isOver) return DONE;
    if (!this.#indices) {
      this.#indices = await this.#events.begin(this);
      this.#upcoming = nextOf(this.#indices);
    }
    const current = this.#upcoming;
    if (current === undefined) {
      this.#finish();
      return DONE;
    }
    this.#upcoming = nextOf(this.#indices);
    const make = await this.#loader.fetch(current);
    this.#events.beginStep(this.#upcoming === undefined);
    return { done: false, value: await make() };
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#indices) this.#events.end(this);
  }

  #inOrder<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    const result = this.#tail.then(call).finally(() => {
      this.#calls -= 1;
    });
    this.#tail = result.catch(() => {}); // the caller sees the error
    return result;
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

function nextOf<T>(iterator: Iterator<T>): T | undefined {
  const { done, value } = iterator.next();
  return done ? undefined : value;
}
