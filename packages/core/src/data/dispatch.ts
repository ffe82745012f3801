import type { Collective } from "../collective/collective.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { batchRows } from "./batch-rows.ts";
import type { BatchSource } from "./batch-source.ts";
import type { MapSource, StreamSource } from "./dataset.ts";
import type { PlannedBatch } from "./pass.ts";
import { type PlanOptions, shareSize } from "./plan.ts";
import type { Position } from "./position.ts";
import type { SamplerReader } from "./sampler-reader.ts";
import { repeatBatches } from "./shard.ts";
import { StreamReader } from "./stream-reader.ts";
import { dispatchStream } from "./stream-shard.ts";
import { take } from "./take.ts";

/** What rank 0 sends to the other ranks before each step. */
type Dispatch =
  | ({ readonly kind: "shares" } & Shares)
  /** Rank 0 still skips samples. */
  | { readonly kind: "skipping" }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly fault: Fault };

type Shares = {
  /** Of every rank. */
  readonly shares: readonly { readonly samples: unknown; readonly numbers: readonly number[] }[];
  readonly realSamples: number;
  readonly after: Position;
};

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
      if (dispatch.kind === "skipping") continue;
      if (dispatch.kind === "error") {
        const { code, message } = dispatch.fault;
        throw errorOf({ code, message: `Rank 0 could not read the dataset: ${message}` });
      }
      const { samples, numbers } = dispatch.shares[collective.rank] as Shares["shares"][number];
      const fetch = () => loader.assemble(samples, numbers, options.decoder);
      const { realSamples, after } = dispatch;
      const earlier = dispatch.shares.slice(0, collective.rank);
      const before = earlier.reduce((sum, share) => sum + share.numbers.length, 0);
      yield { fetch, realSamples, rows: batchRows(numbers.length, before, realSamples), after };
    }
  } finally {
    await reader?.return(undefined);
  }
}

async function nextDispatch(reader: AsyncGenerator<Dispatch>): Promise<Dispatch> {
  try {
    const next = await reader.next();
    return next.done ? { kind: "end" } : next.value;
  } catch (error) {
    return { kind: "error", fault: faultOf(error, "DATA_INVALID") }; // the other ranks wait for it
  }
}

function dispatches(loader: BatchSource<unknown>, options: PlanOptions): AsyncGenerator<Dispatch> {
  const { source } = loader;
  return source.kind === "stream"
    ? dispatchedSamples(loader, source, options)
    : dispatchedByIndex(loader, source, options);
}

async function* dispatchedByIndex(
  loader: BatchSource<unknown>,
  source: MapSource,
  options: PlanOptions,
): AsyncGenerator<Dispatch> {
  source.setEpoch(options.epoch);
  const { worldSize: roundSize } = options;
  const sampler = loader.sampledBatches({ ...options, roundSize });
  yield* sampler ? dispatchedRounds(loader, sampler, options) : dispatchedIndices(loader, options);
}

async function* dispatchedSamples(
  loader: BatchSource<unknown>,
  source: StreamSource,
  options: PlanOptions,
): AsyncGenerator<Dispatch> {
  const sharing = sharingOf(loader, options);
  const reader = new StreamReader(source, { ...options, ...sharing, reports: true });
  try {
    for await (const _ of reader.skip()) yield { kind: "skipping" };
    const stream = dispatchStream(reader.samples(), sharing, () => reader.first());
    for await (const { shares: parts, realSamples } of stream) {
      const shares = parts.map((part) => ({
        samples: part.map(({ sample }) => sample),
        numbers: part.map(({ number }) => number),
      }));
      yield { kind: "shares", shares, realSamples, after: await reader.position() };
    }
  } finally {
    await reader.close();
  }
}

async function* dispatchedIndices(
  loader: BatchSource<unknown>,
  options: PlanOptions,
): AsyncGenerator<Dispatch> {
  const { seed, from } = options;
  const sharing = sharingOf(loader, options);
  const own = loader.indexBatches(seed);
  let { consumed } = from;
  const first = async () =>
    from.consumed > 0 ? [...take(flat(own.from(0)), sharing.windowSize)] : undefined;
  const stream = dispatchStream(streamOf(flat(own.from(consumed))), sharing, first);
  for await (const { shares: parts, realSamples } of stream) {
    consumed += realSamples;
    const shares = await readShares(loader, parts, seed);
    yield { kind: "shares", shares, realSamples, after: { consumed } };
  }
}

/** Of the batches of a batchSampler every rank gets one; the last round is completed with the first ones. */
async function* dispatchedRounds(
  loader: BatchSource<unknown>,
  sampler: SamplerReader,
  { seed, worldSize }: PlanOptions,
): AsyncGenerator<Dispatch> {
  let round: (readonly number[])[] = [];
  const dispatched = async (batches: readonly (readonly number[])[]): Promise<Dispatch> => {
    const realSamples = round.reduce((sum, { length }) => sum + length, 0);
    const shares = await readShares(loader, batches, seed);
    return { kind: "shares", shares, realSamples, after: sampler.position };
  };
  for (const batch of sampler.batches()) {
    round.push(batch);
    if (round.length < worldSize) continue;
    yield await dispatched(round);
    round = [];
  }
  if (round.length === 0) return;
  yield await dispatched(repeatBatches(round, sampler.first, worldSize));
}

function readShares(
  loader: BatchSource<unknown>,
  parts: readonly (readonly number[])[],
  seed: number,
): Promise<Shares["shares"]> {
  const shares = parts.map(async (indices) => ({
    samples: await loader.read(indices, seed),
    numbers: indices,
  }));
  return Promise.all(shares);
}

function sharingOf(loader: BatchSource<unknown>, options: PlanOptions) {
  const { worldSize } = options;
  const { dropLast } = loader.options;
  const size = shareSize(loader, options);
  return { worldSize, shareSize: size, windowSize: worldSize * size, dropLast };
}

function* flat<T>(batches: Iterable<readonly T[]>): Generator<T> {
  for (const batch of batches) yield* batch;
}

async function* streamOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
