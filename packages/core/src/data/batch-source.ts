import type { ResolvedDataLoaderOptions } from "./data-loader-options.ts";
import type { MapSource, StreamSource } from "./dataset.ts";
import type { Decoder } from "./decode/decoder.ts";
import type { BatchMaker } from "./pass.ts";

/** What a pass is planned from: a dataset, its division into batches, and how samples become a batch. */
export interface BatchSource<Batch> {
  readonly options: ResolvedDataLoaderOptions<Batch>;
  /** Seed of pass 0. */
  readonly baseSeed: number;
  /** The dataset in one of two forms. */
  readonly source: MapSource | StreamSource;

  /** Indices of every batch of a pass, in order; the same on every rank for the same seed. */
  batchIndices(seed: number): Generator<readonly number[]>;

  /** Samples by index, as plain data: a list of them, or whole columns where the dataset holds those. */
  read(indices: readonly number[]): Promise<unknown>;

  /**
   * Turns what was read into a batch: decodes, then stacks. The tensors are made by what it resolves with.
   *
   * @param numbers of the samples, for messages.
   */
  assemble(
    samples: unknown,
    numbers: readonly number[],
    decoder: Decoder | undefined,
  ): Promise<BatchMaker<Batch>>;
}
