import type { Collective } from "../collective/collective.ts";
import { sequenceOf } from "./batch-sequence.ts";
import type { BatchSource } from "./batch-source.ts";
import type { StreamSource } from "./dataset.ts";
import type { Decoder } from "./decode/decoder.ts";
import type { PlannedBatch } from "./pass.ts";
import type { Position } from "./position.ts";
import { shardBatches } from "./shard.ts";
import { splitBatches } from "./split.ts";
import { type Numbered, StreamReader } from "./stream-reader.ts";
import { shardStream } from "./stream-shard.ts";

/** How a pass is sharded. */
export type PlanOptions = {
  readonly rank: number;
  readonly worldSize: number;
  readonly evenBatches: boolean;
  /** The batch size counts over all ranks. */
  readonly splitBatches: boolean;
  /** Seed of this pass. */
  readonly seed: number;
  readonly epoch: number;
  readonly decoder: Decoder | undefined;
  /** Where the pass begins. */
  readonly from: Position;
};

/** The batches of one rank, from a dataset that every rank reads by index. */
export async function* planIndices<Batch>(
  loader: BatchSource<Batch>,
  options: PlanOptions,
  collective: Collective,
): AsyncGenerator<PlannedBatch<Batch>> {
  const { dropLast } = loader.options;
  const batchSize = loader.options.batchSize ?? undefined;
  const share = options.splitBatches ? splitBatches : shardBatches;
  const roundSize = options.splitBatches ? 1 : options.worldSize;
  const { batches, first, after } = sequenceOf(loader, { ...options, roundSize }, collective);
  for (const indices of share(batches, { ...options, batchSize, dropLast }, first)) {
    const fetch = async () =>
      loader.assemble(await loader.read(indices, options.seed), indices, options.decoder);
    yield { fetch, realSamples: undefined, after: after() };
  }
}

/** The batches of one rank, from a stream that every rank reads whole. */
export async function* planStream<Batch>(
  loader: BatchSource<Batch>,
  source: StreamSource,
  options: PlanOptions,
): AsyncGenerator<PlannedBatch<Batch>> {
  const { dropLast, shard } = loader.options;
  const shared = shard ? options : { ...options, rank: 0, worldSize: 1 };
  const shareOptions = { ...shared, shareSize: shareSize(loader, options), dropLast };
  const windowSize = shared.worldSize * shareOptions.shareSize;
  const ofRank = shard ? 0 : options.rank;
  const reports = options.rank === 0;
  const reader = new StreamReader(source, { ...options, windowSize, ofRank, reports });
  try {
    for await (const _ of reader.skip());
  } catch (error) {
    await reader.close();
    throw error;
  }
  const shares = shardStream(reader.samples(), shareOptions, () => reader.first());
  for await (const { items, realSamples } of shares) {
    const known = shard ? realSamples : undefined;
    yield { ...planned(loader, items, known, options.decoder), after: await reader.position() };
  }
}

/** Samples of a rank in one step. */
export function shareSize(
  loader: BatchSource<unknown>,
  { splitBatches, worldSize }: PlanOptions,
): number {
  const batchSize = loader.options.batchSize ?? 1;
  return splitBatches ? batchSize / worldSize : batchSize;
}

function planned<Batch>(
  loader: BatchSource<Batch>,
  items: readonly Numbered[],
  realSamples: number | undefined,
  decoder: Decoder | undefined,
): Omit<PlannedBatch<Batch>, "after"> {
  const samples = items.map(({ sample }) => sample);
  const numbers = items.map(({ number }) => number);
  return { fetch: () => loader.assemble(samples, numbers, decoder), realSamples };
}
