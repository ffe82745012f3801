import type { Collective } from "../collective/collective.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import type { BatchSource } from "./batch-source.ts";
import { withoutTensors } from "./columns.ts";
import type { StreamSource } from "./dataset.ts";
import type { Decoder } from "./decode/decoder.ts";
import type { PlannedBatch } from "./pass.ts";
import { shardBatches } from "./shard.ts";
import { splitBatches } from "./split.ts";
import { dispatchStream, shardStream } from "./stream-shard.ts";

/** How a pass is shared out. */
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
};

/** A sample that knows its place, for messages. */
type Numbered = { readonly number: number; readonly sample: unknown };

/** The batches of one rank, from a dataset that every rank reads by index. */
export async function* planIndices<Batch>(
  loader: BatchSource<Batch>,
  options: PlanOptions,
): AsyncGenerator<PlannedBatch<Batch>> {
  const { dropLast } = loader.options;
  const batchSize = loader.options.batchSize ?? undefined;
  const share = options.splitBatches ? splitBatches : shardBatches;
  const batches = loader.batchIndices(options.seed);
  for (const indices of share(batches, { ...options, batchSize, dropLast })) {
    const fetch = async () => loader.assemble(await loader.read(indices), indices, options.decoder);
    yield { fetch, realSamples: undefined };
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
  for await (const { items, realSamples } of shardStream(
    numbered(source, options.epoch),
    shareOptions,
  )) {
    yield planned(loader, items, shard ? realSamples : undefined, options.decoder);
  }
}

/** What rank 0 sends the others before each step. */
type Dispatch =
  | { readonly kind: "shares"; readonly shares: readonly unknown[]; readonly realSamples: number }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly message: string };

/** The batches of one rank, from a dataset that rank 0 alone reads. Collective: one exchange per step. */
export async function* planDispatch<Batch>(
  loader: BatchSource<Batch>,
  options: PlanOptions,
  collective: Collective,
): AsyncGenerator<PlannedBatch<Batch>> {
  const reader = collective.rank === 0 ? dispatches(loader, options) : undefined;
  try {
    for (;;) {
      const mine: Dispatch = reader ? await nextDispatch(reader) : { kind: "end" };
      const dispatch = collective.broadcastObject(
        mine,
        0,
        "next batch of a dispatching data loader",
      );
      if (dispatch.kind === "end") return;
      if (dispatch.kind === "error") {
        throw new AcceleratorError(
          "DATA_INVALID",
          `Rank 0 could not read the dataset: ${dispatch.message}`,
        );
      }
      const { samples, numbers } = dispatch.shares[collective.rank] as {
        samples: unknown;
        numbers: number[];
      };
      const fetch = () => loader.assemble(samples, numbers, options.decoder);
      yield { fetch, realSamples: dispatch.realSamples };
    }
  } finally {
    await reader?.return(undefined);
  }
}

/** Samples of a rank in one step. */
function shareSize(loader: BatchSource<unknown>, { splitBatches, worldSize }: PlanOptions): number {
  const batchSize = loader.options.batchSize ?? 1;
  return splitBatches ? batchSize / worldSize : batchSize;
}

function planned<Batch>(
  loader: BatchSource<Batch>,
  items: readonly Numbered[],
  realSamples: number | undefined,
  decoder: Decoder | undefined,
): PlannedBatch<Batch> {
  const samples = items.map(({ sample }) => sample);
  const numbers = items.map(({ number }) => number);
  return { fetch: () => loader.assemble(samples, numbers, decoder), realSamples };
}

async function nextDispatch(reader: AsyncGenerator<Dispatch>): Promise<Dispatch> {
  try {
    const next = await reader.next();
    return next.done ? { kind: "end" } : next.value;
  } catch (error) {
    return { kind: "error", message: messageOf(error) }; // the others are waiting: tell them
  }
}

async function* dispatches(
  loader: BatchSource<unknown>,
  options: PlanOptions,
): AsyncGenerator<Dispatch> {
  const { source } = loader;
  const { dropLast } = loader.options;
  const shares = { ...options, shareSize: shareSize(loader, options), dropLast };
  if (source.kind === "stream") {
    const stream = dispatchStream(numbered(source, options.epoch), shares);
    for await (const { shares: parts, realSamples } of stream) {
      const sent = parts.map((part) => ({
        samples: part.map(({ sample }) => sample),
        numbers: part.map(({ number }) => number),
      }));
      yield { kind: "shares", shares: sent, realSamples };
    }
    return;
  }
  for await (const { shares: parts, realSamples } of dispatchStream(
    indicesOf(loader, options.seed),
    shares,
  )) {
    const sent = parts.map(async (indices) => ({
      samples: await loader.read(indices),
      numbers: indices,
    }));
    yield { kind: "shares", shares: await Promise.all(sent), realSamples };
  }
}

async function* indicesOf(loader: BatchSource<unknown>, seed: number): AsyncGenerator<number> {
  for (const batch of loader.batchIndices(seed)) yield* batch;
}

async function* numbered(source: StreamSource, epoch: number): AsyncGenerator<Numbered> {
  let number = 0;
  for await (const sample of source.open(epoch)) {
    yield { number, sample: await withoutTensors(sample) };
    number += 1;
  }
}
