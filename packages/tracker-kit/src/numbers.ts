import type { LogValue } from "@acc/core/tracker";

/** The numbers of a typed array or of nested lists, bigints as the nearest double; undefined if there is anything else in them, or nothing. */
export function numbersOf(value: unknown): number[] | undefined {
  if (typeof value === "number") return [value];
  if (typeof value === "bigint") return [Number(value)];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, Number);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const parts = value.map(numbersOf);
  return parts.includes(undefined) ? undefined : (parts as number[][]).flat();
}

/** The one number that a value is: a number, bigint, boolean (0 or 1), or a list or typed array of one element. */
export function scalarOf(value: LogValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  const numbers = numbersOf(value);
  return numbers?.length === 1 ? numbers[0] : undefined;
}
