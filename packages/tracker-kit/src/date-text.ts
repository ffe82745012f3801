/** ISO 8601; `Invalid Date` for an invalid date. */
export function isoText(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString();
}
