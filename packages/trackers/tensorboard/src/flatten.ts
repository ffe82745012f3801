import type { LogValue, RunConfig } from "@acc/core";
import type { Hparam } from "./event.ts";

/** The leaves of nested values by path, `{ a: { b: 1 } }` as `a/b`, in their order. */
export function flatten(values: { readonly [key: string]: LogValue }): [string, LogValue][] {
  return Object.entries(values).flatMap(([key, value]) =>
    isNested(value)
      ? flatten(value).map(([path, leaf]): [string, LogValue] => [`${key}/${path}`, leaf])
      : [[key, value] as [string, LogValue]],
  );
}

/**
 * A configuration as TensorBoard's hparams can hold it: numbers, booleans and strings by path. Lists become
 * JSON, `null` and numbers that are not finite their names, for TensorBoard loses those.
 */
export function flattenConfig(config: RunConfig): Map<string, Hparam> {
  return new Map(flatten(config).map(([key, value]) => [key, toHparam(value)]));
}

function toHparam(value: LogValue): Hparam {
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || value === undefined) return "None";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(
    ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value,
    bigintAsText,
  );
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** Whether a value is an object of values. */
export function isNested(value: LogValue): value is { readonly [key: string]: LogValue } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  );
}
