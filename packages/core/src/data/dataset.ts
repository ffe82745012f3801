import { AcceleratorError } from "../errors.ts";
import { isStateful, type Stateful } from "../stateful.ts";
import type { ColumnTree } from "./columns.ts";
import { countRows, isRowSource, type RowSource, rowReader } from "./rows.ts";

/** A dataset that gives any of its samples by index. */
export interface MapDataset<Sample = unknown> {
  readonly length: number;
  get(index: number): Sample | Promise<Sample>;
  /** Called before each pass on every rank that reads, also of shuffled loaders: augmentation may depend on it. */
  setEpoch?(epoch: number): void;
}

/** The part of `tf.data.Dataset` that is used here. */
export interface IteratorDataset {
  iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }>;
}

/**
 * What a `DataLoader` reads: a list of samples, samples by index, the rows of tensors, or a stream.
 * A stream may have a `length`. Streams and samples by index may have a `setEpoch(epoch)`, which is called before each pass.
 * A stream with `stateDict()` and `loadStateDict(state)`, its own or its iterator's, is restored from a checkpoint; others
 * are read again to where they were.
 */
export type Dataset =
  | readonly unknown[]
  | MapDataset
  | RowSource
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | IteratorDataset;

/** Samples by index. */
export type MapSource = {
  readonly kind: "map";
  readonly length: number;
  readonly get: (index: number) => unknown;
  readonly setEpoch: (epoch: number) => void;
  /** Whole batches at once, if the dataset holds columns. */
  readonly readRows: ((indices: readonly number[]) => Promise<ColumnTree>) | undefined;
};

/** Samples one after the other. */
export type StreamSource = {
  readonly kind: "stream";
  /** Number of samples, if the stream knows it. */
  readonly length: number | undefined;
  /**
   * Begins a pass.
   *
   * @param state where to begin, as `stateful` gave it; undefined for the beginning.
   */
  readonly open: (epoch: number, state?: unknown) => Promise<StreamPass>;
};

/** One pass of a stream. */
export type StreamPass = {
  readonly iterator: {
    next(): Promise<IteratorResult<unknown>> | IteratorResult<unknown>;
    return?(): unknown;
  };
  /** What knows where the pass stands; undefined if only reading leads there. */
  readonly stateful: Stateful | undefined;
  /** Whether that is the iterator, which has a state from its beginning on; not the dataset. */
  readonly isOfIterator: boolean;
};

/**
 * Wraps whatever was passed as a dataset.
 *
 * @throws {AcceleratorError} `DATA_INVALID` with what was found.
 */
export function toSource(dataset: Dataset): MapSource | StreamSource {
  if (isRowSource(dataset)) {
    const get = (): never => {
      throw new Error("rows are read in batches");
    };
    const length = countRows(dataset);
    return { kind: "map", length, get, setEpoch: () => {}, readRows: rowReader(dataset) };
  }
  if (Array.isArray(dataset)) {
    return {
      kind: "map",
      length: dataset.length,
      get: (index) => dataset[index],
      setEpoch: () => {},
      readRows: undefined,
    };
  }
  return mapSource(dataset) ?? streamSource(dataset) ?? unknownDataset(dataset);
}

function mapSource(dataset: object): MapSource | undefined {
  const { length, get } = (dataset ?? {}) as Partial<MapDataset>;
  if (typeof get !== "function" || !isCount(length)) return undefined;
  return {
    kind: "map",
    length,
    get: (index) => (dataset as MapDataset).get(index),
    setEpoch: (epoch) => (dataset as MapDataset).setEpoch?.(epoch),
    readRows: undefined,
  };
}

function streamSource(dataset: object): StreamSource | undefined {
  if (typeof dataset !== "object" || dataset === null) return undefined;
  const stream = dataset as Partial<
    Iterable<unknown> & AsyncIterable<unknown> & IteratorDataset
  > & {
    readonly length?: unknown;
    setEpoch?(epoch: number): void;
  };
  const iterable = stream[Symbol.asyncIterator] || stream[Symbol.iterator];
  if (!iterable && typeof stream.iterator !== "function") return undefined;
  return {
    kind: "stream",
    length: isCount(stream.length) ? stream.length : undefined,
    open: iterable
      ? (epoch, state) => {
          stream.setEpoch?.(epoch);
          return openIterable(dataset as AsyncIterable<unknown> | Iterable<unknown>, state);
        }
      : openIterators(dataset as IteratorDataset),
  };
}

async function openIterable(
  dataset: AsyncIterable<unknown> | Iterable<unknown>,
  state: unknown,
): Promise<StreamPass> {
  const own = isStateful(dataset) ? dataset : undefined;
  if (own && state !== undefined) await own.loadStateDict(state as never);
  const iterator =
    Symbol.asyncIterator in dataset ? dataset[Symbol.asyncIterator]() : dataset[Symbol.iterator]();
  if (own) return { iterator, stateful: own, isOfIterator: false };
  const stateful = isStateful(iterator) ? iterator : undefined;
  if (stateful && state !== undefined) await stateful.loadStateDict(state as never);
  return { iterator, stateful, isOfIterator: true };
}

/**
 * Passes of a `tf.data.Dataset`. Its `shuffle` with a seed has another order in every iterator, counted from the first
 * one: pass `e` gets the iterator that it would have if every pass had been read.
 */
function openIterators(dataset: IteratorDataset): StreamSource["open"] {
  let opened = 0;
  return async (epoch) => {
    for (; opened < epoch; opened++) await dataset.iterator();
    opened += 1;
    const iterator = await dataset.iterator();
    return { iterator, stateful: undefined, isOfIterator: false };
  };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function unknownDataset(dataset: unknown): never {
  const { length, get } = (dataset ?? {}) as { length?: unknown; get?: unknown };
  const found = typeof get === "function" ? `get() but length ${String(length)}` : typeof dataset;
  throw new AcceleratorError(
    "DATA_INVALID",
    "A dataset is an array of samples, an object { length, get(index) }, tensors with one row per sample, " +
      `or something to iterate; found ${found}.`,
  );
}
