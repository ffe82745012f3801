import type { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../../errors.ts";
import { isPlainObject } from "../../plain-object.ts";
import type {
  FigureData,
  ImageData,
  LogValue,
  LogValues,
  TableData,
} from "../../tracker-contract/log-value.ts";
import type { PostedMedia } from "../../tracker-contract/media-data.ts";
import { describeValue } from "./describe-value.ts";
import { copyFigure } from "./figure-copy.ts";
import type { FigureSource } from "./figure-source.ts";
import { copyImage } from "./image-copy.ts";
import { LoggedFigure, LoggedImage, LoggedTable, type TableSource } from "./marked-value.ts";
import type { LoggedMedia } from "./media.ts";
import { copyMedia } from "./media-copy.ts";
import { sizeOf } from "./media-fault.ts";
import { PlainCopy, type Refuse, type TakeMedia } from "./plain-copy.ts";
import { normaliseTable } from "./table-rows.ts";

/** A copy, or a promise of it if there are tensors to read. */
type Copy<T> = T | Promise<T>;

/** Copies of the values of one `log` call, by kind; undefined for a kind that it does not have. */
export type Snapshot = {
  readonly metrics: Copy<LogValues> | undefined;
  readonly images: Copy<Record<string, ImageData>> | undefined;
  readonly tables: Copy<Record<string, TableData>> | undefined;
  readonly figures: Copy<Record<string, FigureData>> | undefined;
  readonly media: Copy<Record<string, PostedMedia>> | undefined;
};

/** @throws {AcceleratorError} `VALUE_INVALID` with `call` and `example` if `values` is no plain object. */
export function requireValues<T extends object>(
  values: T,
  call = "log",
  example = "{ loss: 0.1 }",
): T {
  if (isPlain(values)) return values;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `${call} needs an object of values by name, such as ${example}; got ${describeValue(values)}.`,
  );
}

/** A copy of values that are all numbers, strings or booleans, as most are: the fast path of `snapshot`. */
export function copyScalars(values: { readonly [key: string]: unknown }): LogValues | undefined {
  try {
    const copy = { ...values } as LogValues;
    for (const name of Object.keys(copy)) {
      const type = typeof copy[name];
      if (type !== "number" && type !== "string" && type !== "boolean") return undefined;
    }
    if (Object.getOwnPropertySymbols(values).length > 0) return undefined;
    return copy;
  } catch {
    return undefined; // a getter throws: `snapshot` finds out which
  }
}

/**
 * Copies the values of one `log` call so that the caller may change or dispose them at once. Tensors are held until they are
 * read: a scalar becomes a number, a larger tensor nested lists. Images, tables, figures and other media, anywhere in nested objects, are
 * named by their path.
 *
 * @param refuse is told of each value that cannot be copied; the others are.
 * @throws {AcceleratorError} `TENSOR_DISPOSED` or `VALUE_INVALID` naming a tensor, an image, a table and so on that is none.
 */
export function snapshot(values: object, refuse: Refuse): Snapshot {
  const images = new Map<string, LoggedImage>();
  const tables = new Map<string, TableSource>();
  const figures = new Map<string, FigureSource>();
  const others = new Map<string, LoggedMedia>();
  const metrics = snapshotValues(values, refuse, (path, media) => {
    if (media instanceof LoggedImage) images.set(path, media);
    else if (media instanceof LoggedTable) tables.set(path, media.source);
    else if (media instanceof LoggedFigure) figures.set(path, media.source);
    else others.set(path, media);
  });
  const hasMedia = images.size + tables.size + figures.size + others.size > 0;
  const isEmpty = !(metrics instanceof Promise) && Object.keys(metrics).length === 0;
  return {
    metrics: hasMedia && isEmpty ? undefined : metrics,
    images: images.size > 0 ? snapshotImages(images) : undefined,
    tables: tables.size > 0 ? snapshotTables(tables, refuse) : undefined,
    figures: figures.size > 0 ? snapshotFigures(figures) : undefined,
    media: others.size > 0 ? snapshotMedia(others) : undefined,
  };
}

/** Copies plain values, as `snapshot` does. @param takeMedia without it, images, tables and so on are refused. */
export function snapshotValues(
  values: object,
  refuse: Refuse,
  takeMedia?: TakeMedia,
): Copy<LogValues> {
  const plain = new PlainCopy(refuse, { takeMedia });
  const copy = plain.copy(values);
  return plain.reads.length === 0 ? copy : Promise.all(plain.reads).then(() => copy);
}

/**
 * Copies images by tag; a tensor becomes its data and shape.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the tag that is no image.
 */
export function snapshotImages(
  images: Iterable<readonly [tag: string, image: ImageData | Tensor | LoggedImage]>,
): Copy<Record<string, ImageData>> {
  return byName([...images].map(([tag, image]) => [tag, copyImage(tag, image)] as const));
}

/** @throws {AcceleratorError} `VALUE_INVALID` naming the table that is none. */
export function snapshotTables(
  tables: Iterable<readonly [name: string, source: TableSource]>,
  refuse: Refuse,
): Copy<Record<string, TableData>> {
  const copies = [...tables].map(([name, source]) => {
    const { columns, rows } = normaliseTable(name, source);
    const tableOf = (values: LogValues): TableData => ({
      columns: columns.map(String),
      rows: values[name] as LogValue[][],
    });
    const copy = snapshotValues({ [name]: rows }, refuse);
    return [name, copy instanceof Promise ? copy.then(tableOf) : tableOf(copy)] as const;
  });
  return byName(copies);
}

/** @throws {AcceleratorError} `VALUE_INVALID` naming the figure that is none. */
export function snapshotFigures(
  figures: Iterable<readonly [name: string, source: FigureSource]>,
): Copy<Record<string, FigureData>> {
  return byName([...figures].map(([name, source]) => [name, copyFigure(name, source)] as const));
}

/**
 * Copies audio, videos and pages by name; of a file, its path.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming what is none, or too much for one call; `TENSOR_DISPOSED`.
 */
export function snapshotMedia(
  media: Iterable<readonly [name: string, media: LoggedMedia]>,
): Copy<Record<string, PostedMedia>> {
  const copies = [...media].map(([name, source]) => ({ name, ...copyMedia(name, source) }));
  const total = copies.reduce((sum, { bytes }) => sum + bytes, 0);
  if (copies[0]) sizeOf(copies.map(({ name }) => name).join('", "'), total);
  return byName(copies.map(({ name, media: copy }) => [name, copy] as const));
}

/** Copies under their names; a promise of them if one is still to be read. */
function byName<T>(
  copies: readonly (readonly [name: string, copy: Copy<T>])[],
): Copy<Record<string, T>> {
  const isRead = (entry: (typeof copies)[number]): entry is readonly [string, T] =>
    !(entry[1] instanceof Promise);
  if (copies.every(isRead)) return Object.fromEntries(copies);
  const reads = copies.map(async ([name, copy]) => [name, await copy] as const);
  return Promise.all(reads).then(Object.fromEntries);
}

/** Also where looking at the value throws, as with a revoked proxy. */
function isPlain(value: unknown): boolean {
  try {
    return isPlainObject(value);
  } catch {
    return false;
  }
}
