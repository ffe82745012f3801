import { AcceleratorError } from "../errors.ts";
import { checkOptions, type ForeignNames } from "../options/check-options.ts";
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
  /** Always so, and can be left out: the order of an epoch is that of a seed and the number of the epoch. */
  readonly useSeedableSampler?: true;
  /** Always so, and can be left out: prepared loaders know their place. */
  readonly useStatefulDataloader?: true;
  /** Seed of the orders of loaders without a `seed` of their own, also after `setSeed`. */
  readonly dataSeed?: number;
};

/** What loaders that are prepared from now on do: three of these can be set while a script runs. */
export type ResolvedDataLoaderConfiguration = {
  evenBatches: boolean;
  splitBatches: boolean;
  dispatchBatches: boolean | undefined;
  readonly dataSeed: number | undefined;
};

const RULES: OptionRules<DataLoaderConfiguration> = {
  evenBatches: "boolean",
  splitBatches: "boolean",
  dispatchBatches: "boolean",
  useSeedableSampler: "boolean",
  useStatefulDataloader: "boolean",
  dataSeed: "integer",
};

const FOREIGN_NAMES: ForeignNames = {
  nonBlocking: "there is no device to copy to while the loop goes on, so leave it out",
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveDataLoaderConfiguration(
  configuration: DataLoaderConfiguration = {},
): ResolvedDataLoaderConfiguration {
  checkOptions("dataLoaderConfiguration", configuration, RULES, FOREIGN_NAMES);
  requireSeeded(configuration);
  const { evenBatches = true, splitBatches = false, dispatchBatches, dataSeed } = configuration;
  return { evenBatches, splitBatches, dispatchBatches, dataSeed };
}

function requireSeeded(configuration: DataLoaderConfiguration): void {
  for (const name of ["useSeedableSampler", "useStatefulDataloader"] as const) {
    if (configuration[name] !== (false as boolean)) continue;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `dataLoaderConfiguration: ${name} cannot be false: orders are always seeded, and loaders always know their place. ` +
        "Leave it out.",
    );
  }
}
