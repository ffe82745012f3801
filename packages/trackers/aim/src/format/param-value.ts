import type { LogValue } from "@acc/core/tracker";
import { isNested, toJson } from "@acc/tracker-kit";
import type { TreeKey, TreeObject, TreeValue } from "./tree.ts";

/** With more values inside, the server would answer nobody else for seconds: the JSON is then stored as text. */
const MAX_LEAVES = 1000;
/** Python's stack ends at a few hundred. */
const MAX_DEPTH = 64;
const [INT64_MIN, INT64_MAX] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Aim's readers fail on an empty key. */
export const EMPTY_NAME = "(empty)";

/** A name as Aim can hold it. */
export function aimName(name: string): string {
  return name === "" ? EMPTY_NAME : name;
}

/**
 * A parameter as Aim holds it: whole numbers int64, other numbers doubles, dates ISO 8601, integers beyond 64 bits and
 * very large values the text of their JSON.
 */
export function paramValue(value: LogValue): TreeValue {
  if (leavesOf(value, 0) > MAX_LEAVES) return JSON.stringify(toJson(value));
  return convert(value);
}

/** An object of parameters, such as a context. */
export function paramObject(values: { readonly [key: string]: LogValue }): TreeObject {
  return new Map(
    Object.entries(values).map(([key, item]): [TreeKey, TreeValue] => [
      aimName(key),
      paramValue(item),
    ]),
  );
}

function convert(value: LogValue): TreeValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return numberValue(value);
  if (typeof value === "bigint") {
    return value >= INT64_MIN && value <= INT64_MAX ? value : String(value);
  }
  if (value instanceof Date) return toJson(value) as string | null;
  if (ArrayBuffer.isView(value)) {
    const isFloat = value instanceof Float32Array || value instanceof Float64Array;
    return Array.from(value as Float32Array, (item) => (isFloat ? item : numberValue(item)));
  }
  if (Array.isArray(value)) return value.map(convert);
  return new Map(
    Object.entries(value).map(([key, item]): [TreeKey, TreeValue] => [aimName(key), convert(item)]),
  );
}

function numberValue(value: number): TreeValue {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
}

function leavesOf(value: LogValue, depth: number): number {
  if (depth > MAX_DEPTH) return Number.POSITIVE_INFINITY;
  if (ArrayBuffer.isView(value)) return (value as Float32Array).length;
  if (!Array.isArray(value) && !isNested(value)) return 1;
  let leaves = 1;
  for (const item of Object.values(value)) leaves += leavesOf(item as LogValue, depth + 1);
  return leaves;
}
