import { setTimeout as sleep } from "node:timers/promises";
import { TrackerUnreachableError } from "@acc/core/tracker";

/**
 * Waits until a service may get the next request, so that a fast loop does not reach its limit of requests.
 *
 * @param dueMs milliseconds since 1970.
 * @param service its name in the message.
 * @throws {TrackerUnreachableError} if the signal aborts.
 */
export async function waitUntilDue(
  dueMs: number,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const wait = dueMs - Date.now();
  if (wait <= 0) return;
  try {
    await sleep(wait, undefined, { signal });
  } catch (cause) {
    throw new TrackerUnreachableError(`The delivery to ${service} was stopped.`, { cause });
  }
}
