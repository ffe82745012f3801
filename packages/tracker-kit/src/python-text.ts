import type { LogValue } from "@acc/core/tracker";
import { isNested } from "./flatten.ts";

/**
 * A number as Python's `str` writes it: the same shortest digits as JavaScript, but from 1e16 on and below 1e-4 an
 * exponent of at least two digits, and `nan`, `inf`, `-inf`. A number that JavaScript holds exactly as an integer is
 * written as Python's `int`.
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

/**
 * A value as Python's `str` writes it, so that runs of both languages can be searched and compared together: `True`,
 * `None`, `[1, 2]`, `1e-05`. Dates are ISO 8601.
 */
export function pythonText(value: LogValue): string {
  return typeof value === "string" ? value : literal(value);
}

function literal(value: LogValue): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" || typeof value === "bigint") return pythonNumber(value);
  if (typeof value === "string") return quoted(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "None" : value.toISOString();
  }
  if (isNested(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${quoted(key)}: ${literal(item)}`);
    return `{${entries.join(", ")}}`;
  }
  return `[${Array.from(value as LogValue[], literal).join(", ")}]`;
}

function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return escaped.includes("'") && !escaped.includes('"')
    ? `"${escaped}"`
    : `'${escaped.replaceAll("'", "\\'")}'`;
}
