import type { Collective } from "../collective/collective.ts";
import type { DataLoader } from "./data-loader.ts";
import { type LoaderFacts, ORDER } from "./loader-state-dict.ts";
import { checksumOf, type Sampler } from "./samplers/sampler.ts";
import { type ShardOptions, shardLength } from "./shard.ts";
import { requireSplittable, splitLength } from "./split.ts";
import { streamLength } from "./stream-shard.ts";

export type LoaderModes = {
  readonly collective: Collective;
  readonly splitBatches: boolean;
  readonly dispatchBatches: boolean;
};

/** How many samples and steps a prepared loader has. */
export class LoaderSizes {
  readonly #loader: DataLoader<unknown>;
  readonly #modes: LoaderModes;
  #order: string | undefined;

  /** @throws {AcceleratorError} `OPTION_INVALID` if batches cannot be split over the replicas. */
  constructor(loader: DataLoader<unknown>, modes: LoaderModes) {
    this.#loader = loader;
    this.#modes = modes;
    if (modes.splitBatches) requireSplittable(this.#shardOptions(true));
  }

  /** Every rank reads its own samples by their indices. */
  get readsByIndex(): boolean {
    return this.#loader.source.kind === "map" && !this.#modes.dispatchBatches;
  }

  /** Samples that all replicas together take in a step; NaN if batches vary in size. */
  get totalBatchSize(): number {
    const { batchSize } = this.#loader.options;
    const { splitBatches, collective } = this.#modes;
    return (batchSize ?? Number.NaN) * (splitBatches ? 1 : collective.worldSize);
  }

  /** How far a step moves a position: samples, batches of a batchSampler, or samples of a rank's own stream. */
  get stepSize(): number {
    return this.#shareSize * this.#ranksPerStream;
  }

  /**
   * Steps of this rank behind a position.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a stream without a length.
   */
  stepsBehind(consumed: number, evenBatches: boolean): number {
    const { batchSampler, batchSize, dropLast } = this.#loader.options;
    const left = (count: number) => Math.max(count - consumed, 0);
    const options = this.#shardOptions(evenBatches);
    if (batchSampler) {
      const shared = this.readsByIndex ? options : { ...options, evenBatches: true };
      return shardLength(left(this.#loader.length), shared);
    }
    const samples = left(this.#loader.requirePassLength());
    if (!this.readsByIndex) {
      const [worldSize, shareSize] = [this.#ranksPerStream, this.#shareSize];
      return streamLength(samples, { worldSize, shareSize, dropLast });
    }
    if (this.#modes.splitBatches) return splitLength(samples, options);
    const batches = samples / (batchSize ?? 1);
    return shardLength(dropLast ? Math.floor(batches) : Math.ceil(batches), options);
  }

  /** Steps before a position, counted in steps of now. */
  stepsBefore(consumed: number, evenBatches: boolean): number {
    const isKnown = !this.#loader.options.batchSampler && this.#loader.passLength !== undefined;
    if (!isKnown) return Math.ceil(consumed / this.stepSize);
    return this.stepsBehind(0, evenBatches) - this.stepsBehind(consumed, evenBatches);
  }

  /** Real samples in the last step of a pass that begins at a position; 0 if it is full, -1 if only reading tells. */
  remainderBehind(consumed: number): number {
    const { batchSize, dropLast } = this.#loader.options;
    if (!this.readsByIndex || dropLast || typeof batchSize !== "number") return -1;
    return Math.max(this.#loader.requirePassLength() - consumed, 0) % this.totalBatchSize;
  }

  get facts(): LoaderFacts {
    const { batchSampler, sampler, shard, shuffle } = this.#loader.options;
    const isStream = this.#loader.source.kind === "stream";
    return {
      kind: batchSampler ? "sampler" : isStream ? "stream" : "list",
      ...{ length: this.#loader.passLength ?? null, shuffle },
      order: sampler ? this.#orderOf(sampler) : ORDER,
      isShared: !isStream || shard,
      globalBatch: this.stepSize,
      worldSize: this.#modes.collective.worldSize,
    };
  }

  /** Computed once: it takes as long as the order of an epoch. */
  #orderOf(sampler: Sampler): string {
    this.#order ??= `sampler ${checksumOf(sampler)}`;
    return this.#order;
  }

  /** Samples or batches of a rank in one step. */
  get #shareSize(): number {
    const { splitBatches, collective } = this.#modes;
    return (this.#loader.options.batchSize ?? 1) / (splitBatches ? collective.worldSize : 1);
  }

  get #ranksPerStream(): number {
    const isOwn = this.#loader.source.kind === "stream" && !this.#loader.options.shard;
    return isOwn ? 1 : this.#modes.collective.worldSize;
  }

  #shardOptions(evenBatches: boolean): ShardOptions {
    const { rank, worldSize } = this.#modes.collective;
    const { batchSize, dropLast } = this.#loader.options;
    return { rank, worldSize, dropLast, evenBatches, batchSize: batchSize ?? undefined };
  }
}
