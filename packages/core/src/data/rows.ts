import { Tensor, type TypedArray } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";
import {
  type Column,
  type ColumnTree,
  type ColumnType,
  column,
  dtypeOf,
  isTypedArray,
} from "./columns.ts";

/**
 * A dataset whose samples are the rows of tensors or typed arrays: `[inputs, targets]`,
 * `{ inputs, targets }`, or one tensor. A batch is one copy per column.
 */
export type RowSource =
  | Tensor
  | TypedArray
  | readonly RowSource[]
  | { readonly [key: string]: RowSource };

/** Whether `value` is a tensor, or a tuple or plain object that holds tensors and typed arrays only. */
export function isRowSource(value: unknown): value is RowSource {
  if (value instanceof Tensor) return true;
  if (!Array.isArray(value) && !isPlainObject(value)) return false;
  const parts = Object.values(value);
  const isPart = (part: unknown): boolean => isTypedArray(part) || isRowSource(part);
  // A list without a tensor is a list of samples; an object always holds columns.
  const isTuple = !Array.isArray(value) || parts.some((part) => part instanceof Tensor);
  return parts.length > 0 && isTuple && parts.every(isPart);
}

/** The number of rows. @throws {AcceleratorError} `DATA_INVALID` if columns differ or have no rows. */
export function countRows(source: RowSource): number {
  const lengths = columnsOf(source, "").map(([path, part]) => {
    const rows = part instanceof Tensor ? part.shape[0] : part.length;
    if (rows !== undefined) return [path, rows] as const;
    throw new AcceleratorError(
      "DATA_INVALID",
      `The dataset's tensor ${path} is a scalar; it needs one row per sample.`,
    );
  });
  const [[, first] = ["", 0], ...others] = lengths;
  const odd = others.find(([, rows]) => rows !== first);
  if (!odd) return first;
  throw new AcceleratorError(
    "DATA_INVALID",
    `The columns of the dataset have different lengths: ${first} rows first, but ${odd[1]} at ${odd[0]}.`,
  );
}

/** Turns all columns `[rows, …]` into one function from row numbers to a batch. */
export function rowReader(source: RowSource): (indices: readonly number[]) => Promise<ColumnTree> {
  if (source instanceof Tensor) return tensorReader(source);
  if (isTypedArray(source))
    return async (indices) => gatherRows(source, [], dtypeOf(source), indices);
  const readers = Object.entries(source).map(([key, part]) => [key, rowReader(part)] as const);
  return async (indices) => {
    const parts = await Promise.all(
      readers.map(async ([key, read]) => [key, await read(indices)] as const),
    );
    return Array.isArray(source) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
  };
}

function tensorReader(source: Tensor): (indices: readonly number[]) => Promise<ColumnTree> {
  let values: Promise<TypedArray | string[]> | undefined; // read once: batches are cut from the copy
  const { dtype } = source;
  return async (indices) => {
    values ??= source.data() as Promise<TypedArray | string[]>;
    return gatherRows(await values, source.shape.slice(1), dtype, indices);
  };
}

function gatherRows(
  values: TypedArray | string[],
  rowShape: readonly number[],
  dtype: ColumnType,
  indices: readonly number[],
): Column {
  const rowSize = rowShape.reduce((size, length) => size * length, 1);
  const shape = [indices.length, ...rowShape];
  if (Array.isArray(values)) {
    return column(
      indices.flatMap((index) => values.slice(index * rowSize, (index + 1) * rowSize)),
      shape,
      dtype,
    );
  }
  const Type = values.constructor as new (length: number) => TypedArray;
  const data = new Type(indices.length * rowSize);
  for (const [row, index] of indices.entries()) {
    data.set(values.subarray(index * rowSize, (index + 1) * rowSize), row * rowSize);
  }
  return column(data, shape, dtype);
}

function columnsOf(source: RowSource, path: string): [string, Tensor | TypedArray][] {
  if (source instanceof Tensor || isTypedArray(source)) return [[path === "" ? "." : path, source]];
  return Object.entries(source).flatMap(([key, part]) =>
    columnsOf(part, path === "" ? key : `${path}.${key}`),
  );
}
