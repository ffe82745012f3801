import type { ExpectedDifference } from "./parity.ts";

/** Differences of one scenario, or of several, that have one reason. */
export function differ(
  scenario: string | readonly string[],
  reason: string,
  ...paths: readonly (readonly string[])[]
): ExpectedDifference[] {
  return paths.map((path) => ({ scenario, path, reason }));
}
