import { AcceleratorError } from "../../errors.ts";
import { foundText } from "../../options/found-text.ts";

/** A copy of numbers of the user. @throws {AcceleratorError} `OPTION_INVALID` if one is not finite, or is below 0. */
export function numbersOf(what: string, values: ArrayLike<number>): Float64Array {
  const isList = typeof values === "object" && values !== null && "length" in values;
  const numbers = isList ? Float64Array.from(values) : undefined;
  const wrong = numbers?.findIndex((value) => !(Number.isFinite(value) && value >= 0)) ?? 0;
  if (numbers && wrong < 0) return numbers;
  const found = numbers ? `${foundText(values[wrong])} at place ${wrong}` : foundText(values);
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${what} must be a list of numbers of at least 0, got ${found}.`,
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID` unless `value` is an integer of at least 1. */
export function requireAtLeastOne(what: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${what} must be an integer of at least 1, got ${foundText(value)}.`,
  );
}
