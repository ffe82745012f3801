const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * How long to wait before another attempt: exponential backoff up to half a minute, with jitter so that many
 * processes do not retry at once; never shorter than the service asked for.
 *
 * @param attempt attempts that failed in a row, from 1.
 */
export function backoffMs(attempt: number, retryAfterMs: number | undefined): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** (attempt - 1));
  const jittered = most * (0.5 + Math.random() / 2);
  return Math.max(jittered, retryAfterMs ?? 0);
}
