import type { Tensor } from "@tensorflow/tfjs-core";
import type { ImageData } from "../../tracker-contract/log-value.ts";
import type { Loggable } from "../../tracker-contract/loggable.ts";
import type { LoggedMedia } from "./media.ts";

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

/** What `log` takes: plain values, and media anywhere in nested objects. */
export type LoggableWithMedia =
  | Loggable
  | LoggedImage
  | LoggedTable
  | LoggedMedia
  | { readonly [key: string]: LoggableWithMedia };
