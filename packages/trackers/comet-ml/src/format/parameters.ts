import type { LogValue } from "@acc/core/tracker";
import { type Json, leavesOf, toJson } from "@acc/tracker-kit";
import { limitText, MAX_TEXT_LENGTH } from "./limits.ts";

/** The leaves by path, `{ a: { b: 1 } }` as `a|b`, sorted as Comet's client sends them; `{}` is a leaf. */
export function flattenParameters(values: {
  readonly [key: string]: LogValue;
}): [string, LogValue][] {
  return leavesOf(values, "|").sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * A parameter as Comet holds it: a scalar, or a short list of scalars. Anything else is JSON text.
 *
 * @returns what is held, and the whole text if that was too long.
 */
export function parameterValue(value: LogValue): { readonly held: Json; readonly whole?: string } {
  const json = toJson(value);
  if (json === null || typeof json === "number" || typeof json === "boolean") return { held: json };
  const text = typeof json === "string" ? json : JSON.stringify(json);
  const isList =
    Array.isArray(json) && json.every((item) => item === null || typeof item !== "object");
  if (isList && text.length <= MAX_TEXT_LENGTH) return { held: json };
  const held = limitText(text, MAX_TEXT_LENGTH);
  return held === text ? { held } : { held, whole: text };
}
