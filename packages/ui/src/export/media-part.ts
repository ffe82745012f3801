import type { LogValue } from "@acc/core/tracker";
import { encodePng, toJson } from "@acc/tracker-kit";
import { PORTION } from "../wire/portion.ts";
import type { MediaContent } from "../wire/series.ts";

type Pixels = Extract<MediaContent, { readonly kind: "pixels" }>;
type Table = Extract<MediaContent, { readonly kind: "table" }>;

export type TablePart = {
  readonly columns: readonly string[];
  readonly rows: readonly unknown[];
  /** Of the whole table. */
  readonly numRows: number;
};

/** One image as PNG; undefined if a batch has not so many. Of a batch only this one is copied. */
export function pictureOf({ data, shape }: Pixels, picture: number): Uint8Array | undefined {
  const single = shape.length === 4 ? shape.slice(1) : shape;
  const size = single.reduce((product, length) => product * length, 1);
  const pixels = data.subarray(picture * size, (picture + 1) * size);
  if (pixels.length === 0 || pixels.length !== size) return undefined;
  return encodePng({ data: pixels, shape: single }).png;
}

/** Rows of a table from one on, as JSON has them. */
export function tablePart(
  { columns, rows }: Table,
  from: number,
  count: number = PORTION.rows,
): TablePart {
  const cells = rows.slice(from, from + count).map((row) => toJson(row as LogValue[]));
  return { columns, rows: cells, numRows: rows.length };
}
