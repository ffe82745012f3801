import type { Collective } from "../collective/collective.ts";
import type { BatchSource, SamplerPass } from "./batch-source.ts";
import type { Position } from "./position.ts";
import { RankZeroSampler } from "./rank-zero-sampler.ts";
import { take } from "./take.ts";

/** The batches of all ranks in the rest of a pass over a list. */
export type BatchSequence = {
  readonly batches: Iterable<readonly number[]>;
  /** The first batches of the whole pass, for padding; undefined if `batches` begin with them. */
  readonly first: () => readonly (readonly number[])[] | undefined;
  /** Behind the last batch that was taken. */
  readonly after: () => Position;
};

/** Those that a loader makes; with a batchSampler taking them is collective. */
export function sequenceOf(
  loader: BatchSource<unknown>,
  pass: SamplerPass,
  collective: Collective,
): BatchSequence {
  const { seed, from, roundSize } = pass;
  const reader = loader.sampledBatches(pass);
  if (reader) {
    const sampler = new RankZeroSampler(reader, from, collective);
    return {
      batches: sampler.batches(),
      first: () => (from.consumed > 0 ? sampler.first : undefined),
      after: () => sampler.after,
    };
  }
  const own = loader.indexBatches(seed);
  let { consumed } = from;
  const counted = function* () {
    for (const batch of own.from(consumed)) {
      consumed += batch.length;
      yield batch;
    }
  };
  return {
    batches: counted(),
    first: () => (from.consumed > 0 ? [...take(own.from(0), roundSize)] : undefined),
    after: () => ({ consumed }),
  };
}
