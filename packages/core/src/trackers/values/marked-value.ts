import type { Tensor } from "@tensorflow/tfjs-core";
import type { ImageData } from "../../tracker-contract/log-value.ts";
import type { Loggable } from "../../tracker-contract/loggable.ts";
import type { FigureSource } from "./figure-source.ts";
import { LoggedMedia } from "./media.ts";

/** Rows to log: with the names of their columns, or as objects of one row each. */
export type TableSource =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly Loggable[])[] }
  | readonly { readonly [column: string]: Loggable }[];

/** A figure among the values of `log`; `figure` makes it. */
export class LoggedFigure {
  readonly source: FigureSource;

  constructor(source: FigureSource) {
    this.source = source;
  }
}

/** An image among the values of `log`; `image` makes it. */
export class LoggedImage {
  readonly source: ImageData | Tensor;
  readonly caption: ImageData["caption"];

  constructor(source: ImageData | Tensor, caption: ImageData["caption"]) {
    this.source = source;
    this.caption = caption;
  }
}

/** A table among the values of `log`; `table` makes it. */
export class LoggedTable {
  readonly source: TableSource;

  constructor(source: TableSource) {
    this.source = source;
  }
}

/**
 * Marks a tensor, or data with a shape, as an image: `accelerator.log({ sample: image(pixels) })`.
 *
 * @param options `caption`: a text for each image, or a list of one for each image of a batch.
 */
export function image(
  source: ImageData | Tensor,
  { caption }: { readonly caption?: string | readonly string[] } = {},
): LoggedImage {
  return new LoggedImage(source, caption);
}

/** Marks rows as a table: `accelerator.log({ errors: table([{ id: 1, loss: 0.2 }]) })`. */
export function table(source: TableSource): LoggedTable {
  return new LoggedTable(source);
}

/** Marks a figure: `accelerator.log({ confusion: figure({ data: [{ type: "heatmap", z: [[1]] }] }) })`. */
export function figure(source: FigureSource): LoggedFigure {
  return new LoggedFigure(source);
}

/** What has an event of its own, apart from the metrics. */
export type MarkedValue = LoggedImage | LoggedTable | LoggedFigure | LoggedMedia;

const MARKS = [LoggedImage, LoggedTable, LoggedFigure, LoggedMedia];

export function isMarked(value: object): value is MarkedValue {
  return MARKS.some((mark) => value instanceof mark);
}

/** What `log` takes: plain values, and media anywhere in nested objects. */
export type LoggableWithMedia =
  | Loggable
  | MarkedValue
  | { readonly [key: string]: LoggableWithMedia };
