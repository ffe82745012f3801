import type { LogValue } from "../tracker-contract/log-value.ts";

/** Typed arrays by the name under which a journal holds them. */
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  uint8clamped: Uint8ClampedArray,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const;

type ArrayName = keyof typeof ARRAYS;

/**
 * A value as JSON, which `decodeValue` turns back into the same value. A value that JSON cannot express becomes an
 * object with the key `$` and perhaps `value`: see docs/journal.md.
 */
export function encodeValue(value: LogValue): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $: "number", value: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { $: "bigint", value: String(value) };
    case "undefined":
      return { $: "undefined" };
    case "object":
      return value === null ? null : encodeObject(value);
    default:
      return value;
  }
}

function encodeObject(value: object): unknown {
  if (value instanceof Date) return { $: "date", value: value.getTime() };
  if (Array.isArray(value)) return mapItems(value, encodeValue);
  if (ArrayBuffer.isView(value)) {
    const name = Object.entries(ARRAYS).find(([, type]) => value instanceof type)?.[0];
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { $: name ?? "uint8", value: bytes.toString("base64") };
  }
  const encoded = mapEntries(value, encodeValue);
  return Object.hasOwn(value, "$") ? { $: "object", value: encoded } : encoded;
}

/** The inverse of `encodeValue`. */
export function decodeValue(json: unknown): LogValue {
  if (typeof json !== "object" || json === null) return json as LogValue;
  if (Array.isArray(json)) return mapItems(json, decodeValue) as LogValue;
  if (!Object.hasOwn(json, "$")) return mapEntries(json, decodeValue) as LogValue;
  const { $: kind, value } = json as { $: string; value?: unknown };
  switch (kind) {
    case "number":
      return Number(value);
    case "bigint":
      return BigInt(value as string);
    case "undefined":
      return undefined;
    case "date":
      return new Date((value as number | null) ?? Number.NaN); // JSON has null for that of an invalid date
    case "object":
      return mapEntries(value as object, decodeValue) as LogValue;
    default:
      return decodeArray(kind as ArrayName, value as string);
  }
}

function decodeArray(name: ArrayName, base64: string): LogValue {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64")); // a copy of its own: aligned
  return new ARRAYS[name](bytes.buffer) as unknown as LogValue;
}

// Both return the list or the object itself where no item changes, as in most events: a copy costs more than all the rest.

function mapItems(items: readonly unknown[], map: (item: LogValue) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < items.length; at++) {
    const mapped = map(items[at] as LogValue);
    if (mapped === items[at]) continue;
    copy ??= items.slice();
    copy[at] = mapped;
  }
  return copy ?? items;
}

function mapEntries(source: object, map: (item: LogValue) => unknown): object {
  const entries = source as { readonly [key: string]: LogValue };
  let copy: { [key: string]: unknown } | undefined;
  for (const key of Object.keys(source)) {
    const mapped = map(entries[key]);
    if (mapped === entries[key]) continue;
    copy ??= { ...source }; // has a key `__proto__` of its own if the source has: assigning to it is no harm then
    copy[key] = mapped;
  }
  return copy ?? source;
}
