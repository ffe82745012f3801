/** What a value is, for a message. */
export function describeValue(value: unknown): string {
  try {
    if (value === null || typeof value !== "object") return String(value);
    const name = value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1);
    return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
  } catch {
    return "an object that cannot be read"; // such as a revoked proxy
  }
}
