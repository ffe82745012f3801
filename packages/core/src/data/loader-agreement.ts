import type { Collective } from "../collective/collective.ts";
import { differenceIn, type Facts } from "../collective/facts.ts";
import { AcceleratorError } from "../errors.ts";
import type { DataLoader } from "./data-loader.ts";
import { checksumOf, type Sampler } from "./samplers/sampler.ts";

/**
 * Checks that a loader is configured equally on all ranks. Collective.
 *
 * @param baseSeed the seed of pass 0 on this rank.
 * @param sharesData whether every rank reads the same dataset: false if one rank reads for all, or each rank has its
 *   own data.
 * @returns the seed of pass 0, that of rank 0.
 * @throws {AcceleratorError} `DATA_INVALID` on every rank if the loaders differ in options that determine the batches.
 */
export function agreeOnLoader(
  { datasetLength, options }: DataLoader<unknown>,
  baseSeed: number,
  sharesData: boolean,
  collective: Collective,
): number {
  const { batchSize, batchSampler, sampler, dropLast, shuffle } = options;
  const facts: Facts = {
    batchSize,
    dropLast,
    shuffle,
    "a batchSampler": batchSampler !== undefined,
    "a sampler": sampler !== undefined,
    ...(sharesData ? { "the length of the dataset": datasetLength } : {}),
    ...(sharesData && sampler ? orderFacts(sampler) : {}),
  };
  const ranks = collective.allGatherObject({ facts, baseSeed }, "prepare(dataLoader)");
  const difference = differenceIn(ranks.map((rank) => rank.facts));
  if (difference !== undefined) {
    throw new AcceleratorError(
      "DATA_INVALID",
      `prepare: the data loaders of the ranks differ: ${difference}. Every rank makes the same loader over the whole ` +
        "dataset, and prepare gives each its share; where only rank 0 has the data, set dispatchBatches.",
    );
  }
  return ranks[0]?.baseSeed ?? baseSeed;
}

function orderFacts(sampler: Sampler): Facts {
  return {
    "the length of the sampler": sampler.length,
    "the checksum of the sampler's order": checksumOf(sampler),
  };
}
