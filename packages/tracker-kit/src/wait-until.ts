import { setTimeout as sleep } from "node:timers/promises";
import { TrackerUnreachableError } from "@acc/core/tracker";

/**
 * Waits until a delivery is due, so that few values do not each make a request or a file of their own.
 *
 * @param what the delivery, such as `"The delivery to W&B"`.
 * @throws {TrackerUnreachableError} if the signal aborts.
 */
export async function waitUntil(dueMs: number, what: string, signal: AbortSignal): Promise<void> {
  const wait = dueMs - Date.now();
  if (wait <= 0) return;
  try {
    await sleep(wait, undefined, { signal });
  } catch (cause) {
    throw new TrackerUnreachableError(`${what} was stopped.`, { cause });
  }
}
