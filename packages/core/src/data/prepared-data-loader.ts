import type { Tensor1D } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { checkMember } from "../options/check-options.ts";
import { type BatchRows, maskOf, requireRows } from "./batch-rows.ts";
import type { DataLoader } from "./data-loader.ts";
import { Decoder } from "./decode/decoder.ts";
import { planDispatch } from "./dispatch.ts";
import { LoaderCursor } from "./loader-cursor.ts";
import type { LoaderObserver, LoaderState } from "./loader-observer.ts";
import { LoaderSizes } from "./loader-sizes.ts";
import {
  joinLoaderStates,
  type LoaderStateDict,
  progressOf,
  requireFit,
  stateDictOf,
} from "./loader-state-dict.ts";
import { Pass, type PlannedBatch } from "./pass.ts";
import { type PlanOptions, planIndices, planStream } from "./plan.ts";
import type { Position } from "./position.ts";
import { warnOfChanges } from "./resume-warnings.ts";

export type PreparedDataLoaderOptions = {
  readonly collective: Collective;
  readonly evenBatches: boolean;
  readonly splitBatches: boolean;
  /** Rank 0 reads for all. */
  readonly dispatchBatches: boolean;
  /** Seed of pass 0, equal on every rank; read when a pass begins. */
  readonly seed: {
    /** The seed that the user has given. */
    readonly given?: number | undefined;
    readonly current: number;
    read(): number;
    restore(seed: number): void;
  };
  readonly observer: LoaderObserver;
};

/** What a loader and its views have in common. */
type Shared<Batch> = {
  readonly cursor: LoaderCursor;
  evenBatches: boolean;
  endOfDataloader: boolean;
  /** Of the current batch, if it is known only by reading. */
  realSamples: number | undefined;
  rows: BatchRows | undefined;
  pass: Pass<Batch> | undefined;
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
  readonly #options: PreparedDataLoaderOptions;
  readonly #sizes: LoaderSizes;
  readonly #shared: Shared<Batch>;
  /** Steps left out at the beginning of every pass. */
  readonly #skip: number;

  /**
   * @param view of another prepared loader, without the first `skip` steps.
   * @throws {AcceleratorError} `OPTION_INVALID` if batches cannot be split over the replicas.
   */
  constructor(
    loader: DataLoader<Batch>,
    options: PreparedDataLoaderOptions,
    view?: { readonly shared: Shared<Batch>; readonly skip: number },
  ) {
    this.loader = loader;
    this.#options = options;
    this.#sizes = new LoaderSizes(loader, options);
    this.#shared = view?.shared ?? {
      cursor: new LoaderCursor(options.observer),
      ...{ evenBatches: options.evenBatches, endOfDataloader: false },
      ...{ realSamples: undefined, rows: undefined, pass: undefined },
    };
    this.#skip = view?.skip ?? 0;
  }

  /** Whether every replica makes the same number of steps, where samples are read by index. */
  get evenBatches(): boolean {
    return this.#shared.evenBatches;
  }

  set evenBatches(value: boolean) {
    checkMember("loader", "evenBatches", value, "boolean");
    this.#shared.evenBatches = value;
  }

  /** Whether every rank reads its own samples by index: `evenBatches` changes only such loaders. @internal */
  get readsByIndex(): boolean {
    return this.#sizes.readsByIndex;
  }

  /** Passes begun, or what `setEpoch` said; the number of the pass in progress or, between, of the next. */
  get epoch(): number {
    return this.#shared.cursor.epoch;
  }

  /**
   * Chooses the epoch of the next pass. The epoch that `loadStateDict` is in the middle of goes on where it was; any
   * other one begins at its beginning.
   */
  setEpoch(epoch: number): void {
    this.#shared.cursor.setEpoch(epoch);
  }

  /**
   * Where this loader stands, as plain data; equal on all ranks, except with `shard: false`. The batch that the loop has now counts once its
   * `backward` has run, in loops without `backward` when the next one is asked for. Inside the loop over another
   * loader, an evaluation counts as not begun.
   */
  stateDict(): LoaderStateDict {
    const { progress } = this.#shared.cursor;
    return stateDictOf(this.#sizes.facts, progress, this.#options.seed.current);
  }

  /** A state that every rank can load, also where each has a stream of its own. Collective. */
  gatherStateDict(): LoaderStateDict {
    const own = this.stateDict();
    if (own.isShared) return own;
    return joinLoaderStates(this.#options.collective.allGatherObject(own, "gatherStateDict"));
  }

  /**
   * The next pass goes on where `state` was taken, with the rest of its epoch, and the one after it is the next epoch.
   * Also on another number of replicas. Call it on every rank with the same state.
   *
   * @throws {AcceleratorError} `CHECKPOINT_DATA_CHANGED` if the dataset is another one, `OPTION_INVALID` if this is no
   *   state, `STATE_INVALID` in the middle of a loop; nothing is changed then.
   */
  loadStateDict(state: LoaderStateDict): void {
    this.requireFit(state);
    const { rank } = this.#options.collective;
    if (rank === 0) warnOfChanges(state, this.#sizes.facts, this.#options.seed.given);
    this.#shared.cursor.resume(progressOf(state, rank));
    this.#options.seed.restore(state.seed);
  }

  /** Throws what `loadStateDict` would throw, and changes nothing. */
  requireFit(state: LoaderStateDict): void {
    requireFit(state, this.#sizes.facts);
    this.#shared.cursor.requireIdle();
  }

  /** A view of this loader whose passes begin `numBatches` steps later; see `skipFirstBatches`. */
  without(numBatches: number): PreparedDataLoader<Batch> {
    const view = { shared: this.#shared, skip: this.#skip + numBatches };
    return new PreparedDataLoader(this.loader, this.#options, view);
  }

  get endOfDataloader(): boolean {
    return this.#shared.endOfDataloader;
  }

  get remainder(): number {
    const { readsByIndex } = this.#sizes;
    if (readsByIndex) return this.#sizes.remainderBehind(this.#from.consumed);
    const { dropLast, batchSize } = this.loader.options;
    const isKnown = !dropLast && typeof batchSize === "number" && this.endOfDataloader;
    return isKnown ? (this.#shared.realSamples ?? -1) : -1;
  }

  /**
   * Samples in the batch of this rank, and how many of them are real: the first ones; the others only complete the last round.
   * Undefined between passes. Of a dataset that gives whole batches a batch counts as one sample.
   *
   * @internal
   */
  get batchRows(): BatchRows | undefined {
    return this.#shared.rows;
  }

  /**
   * Real samples in the batch of this rank; the rows behind them only complete the last round. A step of `compileStep` needs
   * it as an argument.
   *
   * @throws {AcceleratorError} `STATE_INVALID` outside of a loop over this loader, and for a dataset that gives whole batches.
   */
  get validSamples(): number {
    return requireRows(this, "validSamples").valid;
  }

  /**
   * A mask of the batch of this rank: true for real samples, false for those that only complete the last round. So a mean over
   * a batch can leave them out.
   *
   * @returns bool `[samples of the batch]`; it belongs to the step.
   * @throws {AcceleratorError} as `validSamples`; `STATE_INVALID` in a step of `compileStep`, which gets it as an argument.
   */
  validMask(): Tensor1D {
    return maskOf(requireRows(this, "validMask"));
  }

  /** Samples that all replicas together take in a step; NaN if batches vary in size. */
  get totalBatchSize(): number {
    return this.#sizes.totalBatchSize;
  }

  /** Samples in the dataset; undefined if it is a stream that does not say. */
  get totalDatasetLength(): number | undefined {
    return this.loader.datasetLength;
  }

  /**
   * Batches that this replica yields in a whole pass; of a pass that goes on where another run stopped,
   * `length - position` are left.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a stream without a length.
   */
  get length(): number {
    return Math.max(this.#sizes.stepsBehind(0, this.evenBatches) - this.#skip, 0);
  }

  /** Steps of the epoch that are done, also by the run that this one continues; between passes 0. */
  get position(): number {
    const { cursor } = this.#shared;
    const before = this.#sizes.stepsBefore(this.#from.consumed, this.evenBatches);
    return Math.max(before + cursor.steps - this.#skip, 0);
  }

  /** @throws {AcceleratorError} `STATE_INVALID` at the first batch if another pass is waiting for one. */
  [Symbol.asyncIterator](): AsyncIterator<Batch, undefined> {
    const { decode, numWorkers, prefetch } = this.loader.options;
    let decoder: Decoder | undefined;
    const pass: Pass<Batch> = new Pass<Batch>({
      prefetch,
      open: async () => {
        await this.#begin(pass);
        const seed = this.#options.seed.read() + this.epoch;
        decoder = decode === undefined ? undefined : new Decoder(decode, { numWorkers, seed });
        return this.#plan(seed, decoder);
      },
      endStep: () => {
        this.#shared.cursor.endStep();
        this.#options.observer.endStep(this);
      },
      timeLoading: (run) => this.#options.collective.supervision.clock.timeLoading(run),
      betweenSteps: () => this.#options.observer.betweenSteps?.(this),
      beginStep: (batch, isLast) => this.#beginStep(batch, isLast),
      end: async () => {
        this.#end(pass);
        await decoder?.close();
      },
    });
    return pass;
  }

  /** Where the pass in progress began, or the next one begins. */
  get #from(): Position {
    const { cursor } = this.#shared;
    if (cursor.isReading || this.#skip === 0) return cursor.start;
    const consumed = this.#skip * this.#sizes.stepSize;
    return cursor.start.consumed === consumed ? cursor.start : { consumed };
  }

  async #begin(pass: Pass<Batch>): Promise<void> {
    const abandoned = this.#shared.pass; // abandoned by a loop that did not close its iterator
    if (abandoned?.isBusy) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "This data loader is already being read by another loop; finish that one, or make a second loader.",
      );
    }
    this.#shared.pass = pass;
    await abandoned?.replace();
    this.#shared.endOfDataloader = false;
    this.#shared.cursor.begin(this, this.#from);
    this.#options.observer.begin(this);
  }

  #plan(seed: number, decoder: Decoder | undefined): AsyncIterator<PlannedBatch<Batch>> {
    const { collective, splitBatches, dispatchBatches } = this.#options;
    const { rank, worldSize } = collective;
    const options: PlanOptions = {
      ...{ rank, worldSize, splitBatches, decoder, evenBatches: this.evenBatches },
      ...{ seed, epoch: this.epoch, from: this.#from },
    };
    const { source } = this.loader;
    const { shuffle, sampler } = this.loader.options;
    if ((shuffle || sampler) && !dispatchBatches) {
      // A pass on one rank alone would increase the epoch of that rank alone: the orders would differ from then on.
      collective.barrier(`a pass of a shuffled data loader (epoch ${this.epoch})`);
    }
    if (dispatchBatches) return planDispatch(this.loader, options, collective);
    return source.kind === "stream"
      ? planStream(this.loader, source, options)
      : planIndices(this.loader, options, collective);
  }

  #beginStep({ realSamples, rows, after }: PlannedBatch<Batch>, isLast: boolean): void {
    this.#shared.realSamples = realSamples;
    this.#shared.rows = rows;
    this.#shared.endOfDataloader = isLast;
    const { totalBatchSize } = this;
    const last = isLast && this.remainder > 0 ? this.remainder : totalBatchSize;
    const samples = realSamples ?? (Number.isNaN(last) ? 0 : last);
    this.#options.collective.supervision.clock.countBatch();
    this.#options.observer.beginStep(this, samples);
    this.#shared.cursor.give(after);
  }

  #end(pass: Pass<Batch>): void {
    if (this.#shared.pass === pass) this.#shared.pass = undefined;
    this.#shared.cursor.end();
    this.#shared.endOfDataloader = false;
    this.#shared.rows = undefined;
    this.#options.observer.end(this);
  }
}
