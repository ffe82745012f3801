import { AcceleratorError } from "../errors.ts";
import { checkOptions, type ForeignNames } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { requireSampler, type Sampler } from "./samplers/sampler.ts";

/** Joins samples into what the loader yields. It may hold tensors, as a dataset may; the step gets copies. */
export type CollateFunction<Batch> = (samples: unknown[]) => Batch | Promise<Batch>;

export type DataLoaderOptions<Batch> = {
  /**
   * Samples per batch: on each replica, or over all of them with `splitBatches`. `null` if the dataset
   * yields whole batches. Default 1.
   */
  readonly batchSize?: number | null;
  /** New random order in every pass. Default false. */
  readonly shuffle?: boolean;
  /** Makes the shuffled orders reproducible; pass `e` uses `seed + e`. Without it `setSeed` does. */
  readonly seed?: number;
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  /** Joins samples into a batch, instead of stacking them. */
  readonly collate?: CollateFunction<Batch>;
  /** Which samples a pass takes, and in which order, instead of `shuffle`. */
  readonly sampler?: Sampler;
  /** Lists of sample indices, one list per batch, instead of `batchSize`, `shuffle` and `dropLast`. */
  readonly batchSampler?: Iterable<readonly number[]>;
  /**
   * `file:` URL of a module whose default export turns a sample into a decoded one, `(sample) => decoded`.
   * Samples must be plain data.
   */
  readonly decode?: string | URL;
  /** Threads that decode samples; they end with the loop. Default 0: this thread decodes. */
  readonly numWorkers?: number;
  /** Batches to fetch ahead. Default 2 per worker, else 0. */
  readonly prefetch?: number;
  /** False: the stream already holds this replica's share only. Default true. */
  readonly shard?: boolean;
};

export type ResolvedDataLoaderOptions<Batch> = {
  /** Undefined if batches vary in size: with a `batchSampler`. Null if the dataset yields whole batches. */
  readonly batchSize: number | null | undefined;
  readonly shuffle: boolean;
  readonly seed: number | undefined;
  readonly dropLast: boolean;
  readonly collate: CollateFunction<Batch> | undefined;
  readonly sampler: Sampler | undefined;
  readonly batchSampler: Iterable<readonly number[]> | undefined;
  readonly decode: string | undefined;
  readonly numWorkers: number;
  readonly prefetch: number;
  readonly shard: boolean;
};

const RULES: OptionRules<DataLoaderOptions<unknown>> = {
  batchSize: "any",
  shuffle: "boolean",
  seed: "integer",
  dropLast: "boolean",
  collate: "function",
  sampler: "any",
  batchSampler: "any",
  decode: "any",
  numWorkers: { integerFrom: 0 },
  prefetch: { integerFrom: 0 },
  shard: "boolean",
};

const FOREIGN_NAMES: ForeignNames = {
  collateFn: 'did you mean "collate"?',
  dropRemainder: 'did you mean "dropLast"?',
  prefetchFactor: 'did you mean "prefetch"?',
  generator: 'did you mean "seed"?',
  workerInitFn: "use decode, a module that each thread imports",
  splitBatches: "it belongs to the Accelerator: dataLoaderConfiguration: { splitBatches }",
  evenBatches: "it belongs to the Accelerator: dataLoaderConfiguration: { evenBatches }",
  dispatchBatches: "it belongs to the Accelerator: dataLoaderConfiguration: { dispatchBatches }",
};

/** Fills defaults. @throws {AcceleratorError} `BATCH_SIZE_INVALID`, `OPTION_INVALID`. */
export function resolveDataLoaderOptions<Batch>(
  options: DataLoaderOptions<Batch>,
): ResolvedDataLoaderOptions<Batch> {
  checkOptions("DataLoader", options, RULES, FOREIGN_NAMES);
  const { batchSampler, batchSize = 1, shuffle = false, dropLast = false, seed, collate } = options;
  const { decode, numWorkers = 0, shard = true, sampler } = options;
  const { prefetch = 2 * numWorkers } = options;
  if (batchSize !== null) requireBatchSize(batchSize);
  if (decode !== undefined) requireModule(decode);
  if (numWorkers > 0 && decode === undefined) {
    throw invalid("numWorkers threads need something to do: pass decode, the URL of a module.");
  }
  if (batchSize === null && (collate || dropLast || shuffle)) {
    throw invalid(
      "batchSize null means that the dataset yields batches; leave out collate, dropLast and shuffle.",
    );
  }
  if (sampler !== undefined) {
    requireSampler(sampler);
    if (shuffle || batchSampler !== undefined || batchSize === null) {
      throw invalid(
        "a sampler decides on the samples and their order; leave out shuffle, batchSampler and batchSize null.",
      );
    }
  }
  if (batchSampler !== undefined) {
    if (typeof batchSampler !== "object" || typeof batchSampler?.[Symbol.iterator] !== "function") {
      throw invalid(`batchSampler must be iterable, got ${foundText(batchSampler)}.`);
    }
    if (options.batchSize !== undefined || shuffle || dropLast) {
      throw invalid(
        "batchSampler decides on batches itself; leave out batchSize, shuffle and dropLast.",
      );
    }
  }
  return {
    batchSize: batchSampler === undefined ? batchSize : undefined,
    ...{ shuffle, seed, dropLast, collate, sampler, batchSampler, numWorkers, prefetch, shard },
    decode: decode === undefined ? undefined : new URL(decode).href,
  };
}

function requireBatchSize(batchSize: number): void {
  if (Number.isSafeInteger(batchSize) && batchSize >= 1) return;
  throw new AcceleratorError(
    "BATCH_SIZE_INVALID",
    `DataLoader: batchSize must be an integer of at least 1, or null, got ${foundText(batchSize)}.`,
  );
}

function requireModule(decode: unknown): void {
  if (decode instanceof URL || (typeof decode === "string" && URL.canParse(decode))) return;
  const found = typeof decode === "string" ? JSON.stringify(decode) : typeof decode;
  throw invalid(
    `decode must be the URL of a module, such as new URL("./decode.ts", import.meta.url), got ${found}.`,
  );
}

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", `DataLoader: ${message}`);
}
