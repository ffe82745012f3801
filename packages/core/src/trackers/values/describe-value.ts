/** What a value is, for a message. */
export function describeValue(value: unknown): string {
  try {
    if (value === null || typeof value !== "object") return String(value);
    const name = value.constructor?.name ?? "object";
    return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
  } catch {
    return "an object that cannot be read"; // such as a revoked proxy
  }
}
