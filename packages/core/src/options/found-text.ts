/** What a value is, for a message: text and numbers as they are, anything else by its kind, which can always be printed. */
export function foundText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return PRINTED.has(typeof value) || value === undefined ? String(value) : kindOf(value);
}

/** A symbol and an object without prototype cannot be made text, and a bigint would look like a number. */
const PRINTED: ReadonlySet<string> = new Set(["number", "boolean"]);

/** The kind of a value alone, as it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * What was found in place of an argument that is passed by its position. In Python it has a name, which becomes an object here.
 *
 * @param example a right call.
 */
export function foundArgument(value: unknown, example: string): string {
  const isNamed = typeof value === "object" && value !== null && !Array.isArray(value);
  return isNamed ? `an object; pass the value itself: ${example}` : foundText(value);
}
