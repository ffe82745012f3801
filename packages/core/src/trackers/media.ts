import type { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";
import type { ImageData } from "./log-value.ts";
import type { Loggable } from "./loggable.ts";

/** Rows to log: with the names of their columns, or as objects of one row each. */
export type TableSource =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly Loggable[])[] }
  | readonly { readonly [column: string]: Loggable }[];

/** An image among the values of `log`; `image` makes it. */
export class LoggedImage {
  readonly source: ImageData | Tensor;

  constructor(source: ImageData | Tensor) {
    this.source = source;
  }
}

/** A table among the values of `log`; `table` makes it. */
export class LoggedTable {
  readonly source: TableSource;

  constructor(source: TableSource) {
    this.source = source;
  }
}

/** Marks a tensor, or data with a shape, as an image: `accelerator.log({ sample: image(pixels) })`. */
export function image(source: ImageData | Tensor): LoggedImage {
  return new LoggedImage(source);
}

/** Marks rows as a table: `accelerator.log({ errors: table([{ id: 1, loss: 0.2 }]) })`. */
export function table(source: TableSource): LoggedTable {
  return new LoggedTable(source);
}

/** Values of one `log` call, by what trackers do with them. */
export type SortedValues = {
  readonly plain: { readonly [key: string]: Loggable };
  readonly images: Readonly<Record<string, ImageData | Tensor>>;
  readonly tables: Readonly<Record<string, TableSource>>;
};

/** What `log` takes: plain values, and media anywhere in nested objects. */
export type LoggableWithMedia =
  | Loggable
  | LoggedImage
  | LoggedTable
  | { readonly [key: string]: LoggableWithMedia };

/** Takes images and tables out of nested values, under their path. */
export function sortMedia(values: { readonly [key: string]: LoggableWithMedia }): SortedValues {
  const images: Record<string, ImageData | Tensor> = {};
  const tables: Record<string, TableSource> = {};
  const sort = (part: { readonly [key: string]: LoggableWithMedia }, path: string) => {
    const plain: Record<string, Loggable> = {};
    for (const [key, value] of Object.entries(part)) {
      const at = path + key;
      if (value instanceof LoggedImage) images[at] = value.source;
      else if (value instanceof LoggedTable) tables[at] = value.source;
      else if (isPlainObject(value)) {
        const inner = sort(value as { [key: string]: LoggableWithMedia }, `${at}/`);
        // An object that held media only leaves nothing behind.
        if (Object.keys(inner).length > 0 || Object.keys(value).length === 0) plain[key] = inner;
      } else plain[key] = value as Loggable;
    }
    return plain;
  };
  return { plain: sort(values, ""), images, tables };
}

/**
 * A table in the one form trackers get, cells still as the user gave them.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the row that does not fit the columns.
 */
export function normaliseTable(
  name: string,
  source: TableSource,
): { readonly columns: readonly string[]; readonly rows: readonly (readonly Loggable[])[] } {
  if (Array.isArray(source)) return tableOfObjects(name, source);
  const { columns, rows } = (source ?? {}) as Extract<TableSource, { columns: unknown }>;
  if (!Array.isArray(columns) || !Array.isArray(rows)) {
    throw invalid(name, "it needs { columns, rows }, or a list of objects");
  }
  const odd = rows.findIndex((row) => !Array.isArray(row) || row.length !== columns.length);
  if (odd >= 0) throw invalid(name, `row ${odd} does not have the ${columns.length} columns`);
  return { columns, rows };
}

function tableOfObjects(
  name: string,
  objects: readonly { readonly [column: string]: Loggable }[],
): { columns: string[]; rows: Loggable[][] } {
  const odd = objects.findIndex((row) => !isPlainObject(row));
  if (odd >= 0) throw invalid(name, `row ${odd} is no object`);
  const columns = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  return { columns, rows: objects.map((row) => columns.map((column) => row[column] ?? null)) };
}

function invalid(name: string, fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `The table "${name}" cannot be logged: ${fault}.`);
}
