import type { LogValue } from "@acc/core";

/** The leaves of nested values by path, `{ a: { b: 1 } }` as `a/b`, in their order. */
export function flatten(
  values: { readonly [key: string]: LogValue },
  separator = "/",
): [string, LogValue][] {
  return Object.entries(values).flatMap(([key, value]) =>
    isNested(value)
      ? flatten(value, separator).map(([path, leaf]): [string, LogValue] => [
          `${key}${separator}${path}`,
          leaf,
        ])
      : [[key, value] as [string, LogValue]],
  );
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
