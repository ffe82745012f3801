import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";

/** How prepared loaders shard their data. */
export type DataLoaderConfiguration = {
  /** Pad the last round of batches, so that every replica makes the same number of steps. Default true. */
  readonly evenBatches?: boolean;
  /** `batchSize` counts over all replicas: every batch is cut into one slice per replica. Default false. */
  readonly splitBatches?: boolean;
  /**
   * Rank 0 reads the dataset and sends every replica its samples. Default: for streams, whose samples may
   * otherwise differ from rank to rank.
   */
  readonly dispatchBatches?: boolean;
};

export type ResolvedDataLoaderConfiguration = {
  readonly evenBatches: boolean;
  readonly splitBatches: boolean;
  readonly dispatchBatches: boolean | undefined;
};

const RULES: OptionRules<DataLoaderConfiguration> = {
  evenBatches: "boolean",
  splitBatches: "boolean",
  dispatchBatches: "boolean",
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveDataLoaderConfiguration(
  configuration: DataLoaderConfiguration = {},
): ResolvedDataLoaderConfiguration {
  checkOptions("dataLoaderConfiguration", configuration, RULES);
  const { evenBatches = true, splitBatches = false, dispatchBatches } = configuration;
  return { evenBatches, splitBatches, dispatchBatches };
}
