import type { ResolvedDataLoaderOptions } from "./data-loader-options.ts";
import type { MapSource, StreamSource } from "./dataset.ts";
import type { Decoder } from "./decode/decoder.ts";
import type { IndexBatches } from "./index-batches.ts";
import type { BatchMaker } from "./pass.ts";
import type { SamplerReader, SamplerReaderOptions } from "./sampler-reader.ts";

/** A pass of a batchSampler. */
export type SamplerPass = Omit<SamplerReaderOptions, "seed"> & {
  /** Of the pass. */
  readonly seed: number;
};

/** What a pass reads from: a dataset, its division into batches, and how samples become a batch. */
export interface BatchSource<Batch> {
  readonly options: ResolvedDataLoaderOptions<Batch>;
  /** Seed of pass 0. */
  readonly baseSeed: number;
  /** The dataset in one of two forms. */
  readonly source: MapSource | StreamSource;

  /** Indices of the batches of a pass, in order; the same on every rank for the same seed. */
  indexBatches(seed: number): IndexBatches;

  /** The batches of the batchSampler, if there is one; they may differ from rank to rank. */
  sampledBatches(pass: SamplerPass): SamplerReader | undefined;

  /**
   * Samples by index, as plain data: a list of samples, or whole columns if the dataset holds columns.
   *
   * @param passSeed that random numbers drawn while reading depend on.
   */
  read(indices: readonly number[], passSeed: number): Promise<unknown>;

  /**
   * Turns what was read into a batch: decodes, then stacks. It resolves with a function that makes the tensors.
   *
   * @param numbers the numbers of the samples, for messages.
   */
  assemble(
    samples: unknown,
    numbers: readonly number[],
    decoder: Decoder | undefined,
  ): Promise<BatchMaker<Batch>>;
}
