import { concat, gather, slice, Tensor, tensor1d, tidy } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { isPlainObject } from "../plain-object.ts";

export type SplitOptions = {
  /** Repeat the last item until every rank has the same number. Default false. */
  readonly applyPadding?: boolean;
};

type Range = { readonly start: number; readonly end: number; readonly padding: number };

/**
 * One rank's contiguous part of a list, a typed array, a tensor's rows, or a plain object of them. The input is not
 * changed; a new tensor belongs to the active step, or to the caller.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if the parts of an object differ in length.
 */
export function splitBetweenRanks<T>(
  inputs: T,
  rank: number,
  worldSize: number,
  options: SplitOptions,
): T {
  checkOptions<SplitOptions>("splitBetweenProcesses", options, { applyPadding: "boolean" });
  const { applyPadding = false } = options;
  const length = lengthOf(inputs);
  if (length === undefined) return inputs;
  return take(inputs, rangeOf(length, rank, worldSize, applyPadding)) as T;
}

function rangeOf(length: number, rank: number, worldSize: number, applyPadding: boolean): Range {
  if (applyPadding) {
    const size = Math.ceil(length / worldSize);
    const start = Math.min(rank * size, length);
    const end = Math.min(start + size, length);
    return { start, end, padding: size - (end - start) };
  }
  const size = Math.floor(length / worldSize);
  const extra = length % worldSize; // the first ranks get one more each
  const start = rank * size + Math.min(rank, extra);
  return { start, end: start + size + (rank < extra ? 1 : 0), padding: 0 };
}

/** Number of items to divide; undefined if `value` is not divided. */
function lengthOf(value: unknown): number | undefined {
  if (value instanceof Tensor) return value.shape[0];
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return (value as ArrayLike<unknown>).length;
  if (!isPlainObject(value)) return undefined;
  const lengths = Object.entries(value).map(([key, part]) => [key, lengthOf(part)] as const);
  const [[firstKey, first] = ["", undefined]] = lengths;
  const odd = lengths.find(([, length]) => length !== first);
  if (!odd) return first;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `splitBetweenProcesses: all parts of an object must have one length; "${firstKey}" has ${first}, "${odd[0]}" has ${odd[1]}.`,
  );
}

function take(value: unknown, range: Range): unknown {
  if (value instanceof Tensor) return takeRows(value, range);
  if (Array.isArray(value))
    return [...value.slice(range.start, range.end), ...padding(value, range)];
  if (ArrayBuffer.isView(value)) return takeElements(value as Float32Array, range);
  const entries = Object.entries(value as object).map(([key, part]) => [key, take(part, range)]);
  return Object.fromEntries(entries);
}

function padding<T>(values: ArrayLike<T>, { padding: count }: Range): T[] {
  return Array.from({ length: count }, () => values[values.length - 1] as T);
}

function takeElements(values: Float32Array, range: Range): Float32Array {
  const elements = [...values.subarray(range.start, range.end), ...padding(values, range)];
  return new (values.constructor as typeof Float32Array)(elements);
}

function takeRows(value: Tensor, { start, end, padding: count }: Range): Tensor {
  return tidy(() => {
    const rows = slice(value, [start], [end - start]);
    if (count === 0) return rows;
    const last = tensor1d(new Array<number>(count).fill((value.shape[0] ?? 1) - 1), "int32");
    return concat([rows, gather(value, last)]);
  });
}
