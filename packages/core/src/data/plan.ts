import type { Collective } from "../collective/collective.ts";
import { type BatchRows, batchRows } from "./batch-rows.ts";
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
  if (loader.source.kind === "map") loader.source.setEpoch(options.epoch);
  const { dropLast } = loader.options;
  const batchSize = loader.options.batchSize ?? undefined;
  const { splitBatches: isSplit, rank, worldSize } = options;
  const share = isSplit ? splitBatches : shardBatches;
  /** A position counts samples, or batches of a batchSampler, which are real or repeated as a whole. */
  const ownRows = (count: number, real: number): BatchRows => {
    if (batchSize === undefined && loader.options.batchSampler)
      return { count, valid: rank < real ? count : 0 };
    return batchRows(count, rank * ((batchSize ?? 1) / (isSplit ? worldSize : 1)), real);
  };
  const roundSize = isSplit ? 1 : worldSize;
  const { batches, first, after } = sequenceOf(loader, { ...options, roundSize }, collective);
  let { consumed } = options.from;
  for (const indices of share(batches, { ...options, batchSize, dropLast }, first)) {
    const fetch = async () =>
      loader.assemble(await loader.read(indices, options.seed), indices, options.decoder);
    const real = after().consumed - consumed;
    consumed += real;
    yield { fetch, realSamples: undefined, rows: ownRows(indices.length, real), after: after() };
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
    const rows = batchRows(items.length, shared.rank * shareOptions.shareSize, realSamples);
    const known = shard ? realSamples : undefined;
    const { fetch } = planned(loader, items, options.decoder);
    yield { fetch, realSamples: known, rows, after: await reader.position() };
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
  decoder: Decoder | undefined,
): Pick<PlannedBatch<Batch>, "fetch"> {
  const samples = items.map(({ sample }) => sample);
  const numbers = items.map(({ number }) => number);
  return { fetch: () => loader.assemble(samples, numbers, decoder) };
}
