/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** The message of the first cause: `fetch` says "fetch failed" and hides the reason there. */
export function rootMessageOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError && cause.errors.length > 0)
    return rootMessageOf(cause.errors[0]);
  return cause === undefined ? messageOf(error) : rootMessageOf(cause);
}
