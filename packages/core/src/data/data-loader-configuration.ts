import { AcceleratorError } from "../errors.ts";

/** How prepared loaders share out their data. */
export type DataLoaderConfiguration = {
  /** Complete the last round of batches, so that every replica makes the same number of steps. Default true. */
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

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveDataLoaderConfiguration(
  configuration: DataLoaderConfiguration = {},
): ResolvedDataLoaderConfiguration {
  for (const [name, value] of Object.entries(configuration)) {
    if (value === undefined || typeof value === "boolean") continue;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `${name} must be true or false, got ${String(value)}.`,
    );
  }
  const { evenBatches = true, splitBatches = false, dispatchBatches } = configuration;
  return { evenBatches, splitBatches, dispatchBatches };
}
