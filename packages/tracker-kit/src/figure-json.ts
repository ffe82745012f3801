import type { FigureData, LogValue } from "@acc/core/tracker";
import { type Json, wellFormed } from "./json-value.ts";

export type FigureJson = { readonly [property: string]: Json };

/**
 * A figure as every reader of Plotly or Vega-Lite takes it: typed arrays are lists, also those that Plotly encodes as
 * `{ dtype, bdata }`; NaN and infinities are null, which is a gap; dates are ISO 8601; what is undefined is left out. Of a figure of
 * Plotly only `data`, `layout` and `frames`: how it reacts to a pointer is no part of it.
 */
export function figureJson({ type, spec }: FigureData): FigureJson {
  if (type === "vega-lite") return plain(spec) as FigureJson;
  const { data, layout = {}, frames } = spec;
  return {
    ...{ data: plain(data), layout: withTitles(plain(layout ?? {}) as FigureJson) },
    ...(frames !== undefined && frames !== null && { frames: plain(frames) }),
  };
}

function plain(value: LogValue): Json {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return Number(value);
    case "string":
      return wellFormed(value);
    case "boolean":
      return value;
    default:
      return plainObject(value);
  }
}

function plainObject(value: object): Json {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, plain);
  if (Array.isArray(value)) return value.map((item) => plain(item as LogValue));
  const { dtype, bdata, shape } = value as { [key: string]: LogValue };
  if (typeof dtype === "string" && typeof bdata === "string") {
    return decoded(dtype, bdata, shape ?? null);
  }
  return Object.fromEntries(
    Object.entries(value as { [key: string]: LogValue })
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [wellFormed(key), plain(item)]),
  );
}

/** By the names of Plotly and of NumPy. */
const READERS: { readonly [dtype: string]: (bytes: DataView, at: number) => number } = {
  i1: (bytes, at) => bytes.getInt8(at),
  u1: (bytes, at) => bytes.getUint8(at),
  i2: (bytes, at) => bytes.getInt16(at, true),
  u2: (bytes, at) => bytes.getUint16(at, true),
  i4: (bytes, at) => bytes.getInt32(at, true),
  u4: (bytes, at) => bytes.getUint32(at, true),
  f4: (bytes, at) => bytes.getFloat32(at, true),
  f8: (bytes, at) => bytes.getFloat64(at, true),
};
const LONG_NAMES: { readonly [dtype: string]: string } = {
  ...{ int8: "i1", uint8: "u1", uint8c: "u1", uint8clamped: "u1", u1c: "u1", int16: "i2" },
  ...{ uint16: "u2", int32: "i4", uint32: "u4", float32: "f4", float64: "f8" },
};

function decoded(dtype: string, bdata: string, shape: LogValue): Json {
  const name = LONG_NAMES[dtype] ?? dtype;
  const read = READERS[name];
  if (!read) return null;
  const bytes = Buffer.from(bdata, "base64");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = Number(name.slice(1));
  const numbers = Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    plain(read(view, index * size)),
  );
  const columns = Number(/^\s*\d+\s*,\s*(\d+)\s*$/.exec(String(shape))?.[1]);
  if (!(columns > 0)) return numbers;
  return Array.from({ length: Math.ceil(numbers.length / columns) }, (_, row) =>
    numbers.slice(row * columns, (row + 1) * columns),
  );
}

/** A title that is a text becomes an object, which Plotly.js requires since version 3 and takes since version 1. */
function withTitles(layout: FigureJson): FigureJson {
  return Object.fromEntries(
    Object.entries(layout).map(([key, value]): [string, Json] => {
      if (key === "title" && typeof value === "string") return [key, { text: value }];
      return /^[xy]axis\d*$/.test(key) && isObject(value) ? [key, withTitles(value)] : [key, value];
    }),
  );
}

function isObject(value: Json): value is FigureJson {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
