import { keep, Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";
import { withoutGradients } from "../train/autograd.ts";
import type { ImageData, LogValue, LogValues, TableData } from "./log-value.ts";
import type { Loggable } from "./loggable.ts";
import { normaliseTable, type TableSource } from "./media.ts";

/** @throws {AcceleratorError} `VALUE_INVALID` if `values` is no plain object. */
export function requireValues<T extends object>(values: T): T {
  if (isPlainObject(values)) return values;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `log needs an object of values by name, such as { loss: 0.1 }; got ${describe(values)}.`,
  );
}

/** A copy of values that are all numbers, strings or booleans, as most are: the short way of `snapshotValues`. */
export function copyScalars(values: { readonly [key: string]: unknown }): LogValues | undefined {
  for (const value of Object.values(values)) {
    const type = typeof value;
    if (type !== "number" && type !== "string" && type !== "boolean") return undefined;
  }
  return { ...values } as LogValues;
}

/**
 * Copies values so that the caller may change or dispose them at once. Tensors are held until they are
 * read: a scalar becomes a number, a larger tensor nested lists.
 *
 * @returns the copy, or a promise of it if there are tensors to read.
 * @throws {AcceleratorError} `TENSOR_DISPOSED` naming the tensor that is disposed already.
 */
export function snapshotValues(values: {
  readonly [key: string]: Loggable;
}): LogValues | Promise<LogValues> {
  const reads: Promise<void>[] = [];
  const copy = copyValue(values, "", reads) as LogValues;
  return reads.length === 0 ? copy : Promise.all(reads).then(() => copy);
}

/**
 * Copies images by tag; a tensor becomes its data and shape.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the tag that is no image.
 */
export function snapshotImages(
  images: Readonly<Record<string, ImageData | Tensor>>,
): Promise<Record<string, ImageData>> {
  const reads = Object.entries(images).map(([tag, image]) => {
    requireImage(tag, image);
    return readImage(image).then((read) => [tag, read] as const);
  });
  return Promise.all(reads).then(Object.fromEntries);
}

/** @throws {AcceleratorError} `VALUE_INVALID` naming the table that is none. */
export function snapshotTables(
  tables: Readonly<Record<string, TableSource>>,
): Promise<Record<string, TableData>> {
  const copies = Object.entries(tables).map(([name, source]) => {
    const { columns, rows } = normaliseTable(name, source);
    const copy = snapshotValues({ rows });
    return Promise.resolve(copy).then((values) => {
      const table: TableData = { columns: [...columns], rows: values.rows as LogValue[][] };
      return [name, table] as const;
    });
  });
  return Promise.all(copies).then(Object.fromEntries);
}

async function readImage(image: ImageData | Tensor): Promise<ImageData> {
  const shape = [...image.shape];
  if (!(image instanceof Tensor)) return { data: image.data.slice(), shape };
  const held = hold(image);
  const data = (await held.data()).slice() as ImageData["data"];
  held.dispose();
  return { data, shape };
}

function requireImage(tag: string, image: ImageData | Tensor): void {
  const { shape } = (image ?? {}) as Partial<ImageData>;
  const channels = shape?.length === 2 ? 1 : shape?.at(-1);
  const fits = shape && shape.length >= 2 && shape.length <= 4 && channels && channels <= 4;
  const size = shape?.reduce((product, length) => product * length, 1);
  const holds =
    image instanceof Tensor || (image?.data?.length !== undefined && image.data.length === size);
  if (fits && holds) return;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `The image "${tag}" needs data and a shape [height, width], [height, width, channels] or ` +
      `[count, height, width, channels] with 1 to 4 channels; found ${describe(image)} of shape [${shape}].`,
  );
}

function copyValue(value: Loggable, path: string, reads: Promise<void>[]): LogValue {
  if (value instanceof Date) return new Date(value);
  if (ArrayBuffer.isView(value)) return (value as Float32Array).slice();
  if (Array.isArray(value)) return fill([], value.entries(), path, reads);
  if (isPlainObject(value)) return fill({}, Object.entries(value), path, reads);
  switch (typeof value) {
    case "number":
    case "bigint":
    case "string":
    case "boolean":
    case "undefined":
      return value;
    default:
      // Functions, symbols, class instances: what a person would want to read of them.
      return value === null ? null : String(value);
  }
}

function fill<T extends LogValue[] | Record<string, LogValue>>(
  target: T,
  entries: Iterable<[string | number, Loggable]>,
  path: string,
  reads: Promise<void>[],
): T {
  for (const [key, item] of entries) {
    const slot = target as Record<string | number, LogValue>;
    const itemPath = path === "" ? String(key) : `${path}/${key}`;
    if (item instanceof Tensor) {
      slot[key] = null; // holds the place, so that keys keep their order
      const read = readTensor(item, itemPath).then((value) => {
        slot[key] = value;
      });
      reads.push(read);
    } else {
      slot[key] = copyValue(item, itemPath, reads);
    }
  }
  return target;
}

function readTensor(tensor: Tensor, path: string): Promise<LogValue> {
  if (tensor.isDisposed) {
    throw new AcceleratorError(
      "TENSOR_DISPOSED",
      `log: the tensor "${path}" is disposed already. Log it in the step that made it, or hold it with ` +
        "accelerator.keep.",
    );
  }
  const held = hold(tensor);
  return held.array().then((value) => {
    held.dispose();
    return value as LogValue;
  });
}

/** A second handle on the same data that outlives the step; the reader disposes it. */
function hold(tensor: Tensor): Tensor {
  return withoutGradients(() => keep(tensor.clone()));
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return `a ${value.constructor?.name ?? "object"}`;
}
