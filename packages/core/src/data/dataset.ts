import { AcceleratorError } from "../errors.ts";
import type { ColumnTree } from "./columns.ts";
import { countRows, isRowSource, type RowSource, rowReader } from "./rows.ts";

/** A dataset that gives any of its samples by index. */
export interface MapDataset<Sample = unknown> {
  readonly length: number;
  get(index: number): Sample | Promise<Sample>;
}

/** `tf.data.Dataset`, as far as it is needed. */
export interface IteratorDataset {
  iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }>;
}

/**
 * What a `DataLoader` reads: samples in a list, by index, as the rows of tensors, or one after the other.
 * A stream may have a `length`, and a `setEpoch(epoch)` that is called before each pass.
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
  /** Whole batches at once, where the dataset holds columns. */
  readonly readRows: ((indices: readonly number[]) => Promise<ColumnTree>) | undefined;
};

/** Samples one after the other. */
export type StreamSource = {
  readonly kind: "stream";
  /** Number of samples, if the stream says. */
  readonly length: number | undefined;
  /** Begins a pass. */
  readonly open: (epoch: number) => AsyncIterable<unknown>;
};

/**
 * Wraps whatever was passed as a dataset.
 *
 * @throws {AcceleratorError} `DATA_INVALID` saying what was found.
 */
export function toSource(dataset: Dataset): MapSource | StreamSource {
  if (isRowSource(dataset)) {
    const get = (): never => {
      throw new Error("rows are read in batches");
    };
    return { kind: "map", length: countRows(dataset), get, readRows: rowReader(dataset) };
  }
  if (Array.isArray(dataset)) {
    return {
      kind: "map",
      length: dataset.length,
      get: (index) => dataset[index],
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
    open: (epoch) => {
      stream.setEpoch?.(epoch);
      return iterable
        ? fromIterable(dataset as AsyncIterable<unknown>)
        : fromIterator(dataset as IteratorDataset);
    },
  };
}

async function* fromIterable(
  stream: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<unknown> {
  yield* stream;
}

async function* fromIterator(dataset: IteratorDataset): AsyncGenerator<unknown> {
  const iterator = await dataset.iterator();
  for (let item = await iterator.next(); !item.done; item = await iterator.next()) yield item.value;
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
