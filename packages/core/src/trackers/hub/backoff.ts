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

/** Resolves after the time, or when `signal` aborts. Does not keep the process alive. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(delayMs, 2 ** 31 - 1));
    timer.unref();
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
