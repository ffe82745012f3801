import { setTimeout as sleep } from "node:timers/promises";

/** Timers of Node.js take no longer. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Resolves after the time, or when `signal` aborts.
 *
 * @param ref whether it keeps the process alive meanwhile.
 */
export async function pause(
  delayMs: number,
  signal: AbortSignal,
  { ref = true }: { readonly ref?: boolean } = {},
): Promise<void> {
  const aborted = (): void => {};
  await sleep(Math.min(delayMs, LONGEST_MS), undefined, { signal, ref }).catch(aborted);
}
