import type { JsonNumber, JsonValue } from "../wire/schema.ts";

const DIGITS = 4;
/** Longer texts are cut in a table. */
const MAX_LENGTH = 24;

/** A number with four digits that count. */
export function numberText(value: JsonNumber | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string" || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(DIGITS)));
}

/** A value of a configuration in one line. */
export function configText(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return numberText(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}
