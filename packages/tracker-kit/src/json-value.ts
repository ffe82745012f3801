import type { LogValue } from "@acc/core/tracker";

export type Json =
  | number
  | string
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * A value as JSON can hold it: NaN and infinities become their names (`"NaN"`, `"Infinity"`, `"-Infinity"`), bigints
 * become numbers if that is exact, otherwise text; dates become ISO 8601, typed arrays lists, `undefined` null. Strings
 * become well-formed Unicode: a lone surrogate breaks the JSON readers of several services.
 */
export function toJson(value: LogValue): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "boolean") return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, toJson);
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [wellFormed(key), toJson(item)]),
  );
}

/** The text with every lone surrogate replaced: JSON would carry it as an escape that other languages refuse. */
export function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
