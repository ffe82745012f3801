import type { LogValue } from "@acc/core/tracker";

type Values = { readonly [key: string]: LogValue };

/** The leaves of nested values by path, `{ a: { b: 1 } }` as `a/b`, in their order. An empty object has no leaf. */
export function flatten(values: Values, separator = "/"): [path: string, value: LogValue][] {
  return leavesOf(values, separator).filter(([, value]) => !isNested(value));
}

/** As `flatten`, but an empty object is a leaf. */
export function leavesOf(values: Values, separator = "/"): [path: string, value: LogValue][] {
  return Object.entries(values).flatMap(([key, value]): [string, LogValue][] =>
    isNested(value) && Object.keys(value).length > 0
      ? leavesOf(value, separator).map(([path, leaf]) => [`${key}${separator}${path}`, leaf])
      : [[key, value]],
  );
}

/** Whether a value is an object of values. */
export function isNested(value: LogValue): value is Values {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  );
}
