/** What a value is, for a message: text and numbers as they are, anything else by its kind. */
export function foundText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" || typeof value === "function" ? kindOf(value) : String(value);
}

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
