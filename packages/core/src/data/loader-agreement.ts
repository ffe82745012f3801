import type { Collective } from "../collective/collective.ts";
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
  for (const name of Object.keys(facts)) {
    const values = ranks.map((rank) => rank.facts[name]);
    const other = values.findIndex((value) => value !== values[0]);
    if (other < 0) continue;
    throw new AcceleratorError(
      "DATA_INVALID",
      `prepare: the data loaders of the ranks differ: ${name} is ${values[0]} on rank 0 and ${values[other]} on rank ` +
        `${other}. Every rank makes the same loader over the whole dataset, and prepare gives each its share; ` +
        "where only rank 0 has the data, set dispatchBatches.",
    );
  }
  return ranks[0]?.baseSeed ?? baseSeed;
}

type Facts = { readonly [name: string]: number | boolean | null | undefined };

function orderFacts(sampler: Sampler): Facts {
  return {
    "the length of the sampler": sampler.length,
    "the checksum of the sampler's order": checksumOf(sampler),
  };
}
