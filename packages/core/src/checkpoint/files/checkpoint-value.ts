import { AcceleratorError, messageOf } from "../../errors.ts";
import { decodeValue, encodeValue } from "../../journal/journal-value.ts";
import { isPlainObject } from "../../plain-object.ts";
import type { LogValue } from "../../tracker-contract/log-value.ts";
import { damaged } from "./file-errors.ts";

/** Typed arrays that the text can hold. */
const ARRAYS = [
  ...[Float32Array, Float64Array, Int8Array, Uint8Array, Uint8ClampedArray],
  ...[Int16Array, Uint16Array, Int32Array, Uint32Array],
];

/**
 * Plain data as text: what `textToValue` gives back is equal, also `NaN`, `-0`, `Infinity`, `undefined`, bigints, dates and
 * typed arrays.
 *
 * @param owner what the value belongs to, for messages.
 * @throws {AcceleratorError} `VALUE_INVALID` for anything else: a checkpoint must not lose a part of it silently.
 */
export function valueToText(owner: string, value: unknown): string {
  requirePlain(owner, value, []);
  return `${JSON.stringify(encodeValue(value as LogValue))}\n`;
}

/** @throws {AcceleratorError} `CHECKPOINT_DAMAGED`. */
export function textToValue(path: string, text: string): unknown {
  try {
    return decodeValue(JSON.parse(text));
  } catch (error) {
    throw damaged(path, `cannot be parsed (${messageOf(error)})`, error);
  }
}

function requirePlain(place: string, value: unknown, above: readonly object[]): void {
  if (typeof value === "function" || typeof value === "symbol") {
    throw unstorable(place, `a ${typeof value}`);
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return;
  if (ARRAYS.some((type) => value instanceof type)) return;
  if (above.includes(value)) throw unstorable(place, "an object that contains itself");
  const inside = [...above, value];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) requirePlain(`${place}[${index}]`, item, inside);
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) requirePlain(`${place}.${key}`, item, inside);
  } else {
    throw unstorable(place, `a ${value.constructor?.name ?? "object"}`);
  }
}

function unstorable(place: string, kind: string): AcceleratorError {
  return new AcceleratorError(
    "VALUE_INVALID",
    `${place} is ${kind}, which a checkpoint cannot hold. Use numbers, text, booleans, bigints, dates, typed arrays, and ` +
      "plain objects and arrays of these.",
  );
}
