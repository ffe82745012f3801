import type { LogValue } from "@acc/core/tracker";
import { wellFormed } from "@acc/tracker-kit";

/** The form of numbers that JSON does not have. */
export type NonFinite =
  /** The bare words NaN, Infinity and -Infinity: in history and summary, where W&B reads them. */
  | "words"
  /** Strings of these words: in the configuration, which other JSON parsers read. */
  | "strings";

/** A value as W&B's JSON text: integers beyond 2^53 keep their digits, dates are ISO 8601, typed arrays lists. */
export function jsonText(value: LogValue, nonFinite: NonFinite = "words"): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") {
    if (Number.isFinite(value)) return String(value);
    return nonFinite === "words" ? String(value) : `"${value}"`;
  }
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(wellFormed(value));
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "null" : JSON.stringify(value.toISOString());
  }
  const items = ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
  if (Array.isArray(items)) {
    return `[${items.map((item: LogValue) => jsonText(item, nonFinite)).join(",")}]`;
  }
  const entries = Object.entries(items as { readonly [key: string]: LogValue }).map(
    ([key, item]) => `${JSON.stringify(wellFormed(key))}:${jsonText(item, nonFinite)}`,
  );
  return `{${entries.join(",")}}`;
}

/** Strings, which are kept as they are; bare words; integers that a double would round. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d{16,}(?![\d.eE])/g;
/** Marks a string that stands for a token; no JSON text of a service holds it unescaped. */
const MARK = "\u0000";

/** What `parseJsonText` gives: JSON, except that marked strings stand for numbers that no double holds. */
export type Parsed =
  | null
  | boolean
  | number
  | string
  | readonly Parsed[]
  | { readonly [k: string]: Parsed };

/** Parses JSON with bare NaN and infinities. @throws {SyntaxError} if it is anything else. */
export function parseJsonText(text: string): Parsed {
  const marked = text.replace(TOKENS, (token) =>
    token.startsWith('"') ? token : JSON.stringify(MARK + token),
  );
  return JSON.parse(marked) as Parsed;
}

/** The text that `parseJsonText` read. */
export function printParsed(value: Parsed): string {
  if (typeof value === "string") {
    return value.startsWith(MARK) ? value.slice(1) : JSON.stringify(value);
  }
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(printParsed).join(",")}]`;
  const entries = Object.entries(value as { readonly [k: string]: Parsed });
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${printParsed(item)}`).join(",")}}`;
}
