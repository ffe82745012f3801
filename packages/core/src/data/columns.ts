import { Tensor, type TypedArray, tensor } from "@tensorflow/tfjs-core";
import { isPlainObject } from "../plain-object.ts";

/** Element types of batches. */
export type ColumnType = "float32" | "int32" | "bool" | "string" | "complex64";

/**
 * A tensor's values without the tensor: no scope has to own them, and they are plain data that can go to another
 * thread.
 */
export type Column = {
  readonly kind: typeof COLUMN;
  readonly data: TypedArray | string[];
  readonly shape: readonly number[];
  readonly dtype: ColumnType;
};

/** Columns in the structure of a sample: alone, in a tuple, or by name. */
export type ColumnTree = Column | readonly ColumnTree[] | { readonly [key: string]: ColumnTree };

const COLUMN = "acc.column"; // text, not a symbol: it survives structured clone

export function column(data: Column["data"], shape: readonly number[], dtype: ColumnType): Column {
  return { kind: COLUMN, data, shape, dtype };
}

export function isColumn(value: unknown): value is Column {
  return typeof value === "object" && value !== null && (value as Partial<Column>).kind === COLUMN;
}

/**
 * Columns as tensors, in their structure; anything else is unchanged. The tensors belong to the active scope, or to
 * the caller.
 */
export function toTensors(tree: unknown): unknown {
  if (isColumn(tree)) return tensor(tree.data, [...tree.shape], tree.dtype);
  if (Array.isArray(tree)) return tree.map(toTensors);
  if (!isPlainObject(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, toTensors(part)]));
}

/**
 * A sample with every tensor in it replaced by its values, so that it outlives the scope the tensor was made
 * in.
 */
export async function withoutTensors(sample: unknown): Promise<unknown> {
  if (sample instanceof Tensor) {
    const data = (await sample.data()) as Column["data"];
    // A copy, because some backends return a view of their own memory.
    return column(data.slice() as Column["data"], sample.shape, sample.dtype);
  }
  if (Array.isArray(sample)) {
    return hasTensors(sample) ? Promise.all(sample.map(withoutTensors)) : sample;
  }
  if (!isPlainObject(sample) || !hasTensors(sample)) return sample;
  const entries = Object.entries(sample).map(
    async ([key, part]) => [key, await withoutTensors(part)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Whether tfjs takes `value` as the data of a tensor. */
export function isTypedArray(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array ||
    value instanceof Uint8ClampedArray
  );
}

/** The dtype that tfjs gives a typed array: bytes become int32. */
export function dtypeOf(values: TypedArray): "float32" | "int32" {
  return values instanceof Float32Array ? "float32" : "int32";
}

function hasTensors(value: unknown): boolean {
  if (value instanceof Tensor) return true;
  if (Array.isArray(value)) return value.some(hasTensors);
  return isPlainObject(value) && Object.values(value).some(hasTensors);
}
