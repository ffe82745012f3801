import type { LogValue } from "@acc/core/tracker";
import { isoText, type Json, wellFormed } from "@acc/tracker-kit";

/** From here on integers do not fit into 64 bits, and Trackio's JSON writer refuses them. */
const INTEGER_LIMIT = 2 ** 63;

/**
 * A value as JSON text that Trackio takes. NaN and infinities become their names, which Trackio reads as numbers; integers keep
 * their digits up to 64 bits and are floats beyond; dates are ISO 8601, typed arrays lists.
 */
export function jsonText(value: LogValue | Json): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return numberText(value);
  if (typeof value === "bigint") {
    return BigInt.asIntN(64, value) === value ? String(value) : numberText(Number(value));
  }
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(wellFormed(value));
  if (value instanceof Date) return JSON.stringify(isoText(value));
  const items = ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
  if (Array.isArray(items)) return `[${items.map((item: LogValue) => jsonText(item)).join(",")}]`;
  const members = Object.entries(items as { readonly [key: string]: LogValue }).map(
    ([key, item]) => `${JSON.stringify(wellFormed(key))}:${jsonText(item)}`,
  );
  return `{${members.join(",")}}`;
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  if (Object.is(value, -0)) return "-0.0";
  return Math.abs(value) < INTEGER_LIMIT ? String(value) : value.toExponential();
}
