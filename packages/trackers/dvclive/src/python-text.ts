import type { LogValue } from "@acc/core";
import { isNested } from "@acc/tracker-kit";

/**
 * A number as Python writes it: the same shortest digits as JavaScript, but an exponent from 1e16 and below 1e-4, of
 * two digits at least, and `nan`, `inf`, `-inf`. What JavaScript holds exactly as an integer is written as one.
 */
export function pythonNumber(value: number | bigint): string {
  if (typeof value === "bigint") return String(value);
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isSafeInteger(value)) return String(value);
  const [digits = "", exponentText] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 16) {
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits}e${exponent < 0 ? "-" : "+"}${size}`;
}

/** A string as Python's `json` writes it: in ASCII alone. */
export function pythonString(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A value as DVCLive writes it to JSON files, with an indent of four: numbers that are not finite become text, since
 * JSON has none.
 */
export function pythonJson(value: LogValue, indent = ""): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" || typeof value === "bigint") {
    const text = pythonNumber(value);
    return typeof value === "number" && !Number.isFinite(value) ? pythonString(text) : text;
  }
  if (typeof value === "string") return pythonString(value);
  if (value instanceof Date) return pythonString(isoText(value));
  const inner = `${indent}    `;
  if (isNested(value)) {
    const members = Object.entries(value).map(
      ([key, item]) => `${pythonString(key)}: ${pythonJson(item, inner)}`,
    );
    return enclose("{", members, "}", indent);
  }
  const items = Array.from(value as LogValue[], (item) => pythonJson(item, inner));
  return enclose("[", items, "]", indent);
}

/** ISO 8601; the name of an invalid date, which has no such form. */
export function isoText(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString();
}

function enclose(open: string, parts: readonly string[], close: string, indent: string): string {
  if (parts.length === 0) return open + close;
  return `${open}\n${parts.map((part) => `${indent}    ${part}`).join(",\n")}\n${indent}${close}`;
}
