import { setTimeout as sleep } from "node:timers/promises";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { bytesOf, excerptOf, rememberHeaders, rootMessageOf } from "@acc/tracker-kit";

const TIMEOUT_MS = 30_000;
const RETRY_MS = 100;
export const LOGIN_ADVICE = "set __AIM_RT_BEARER_TOKEN__ or the option headers";

/**
 * Finds out whether a server speaks HTTP or HTTPS.
 *
 * @param address `host:port`, with a path if the server has one.
 * @returns the base URL.
 * @throws {TrackerUnreachableError} if no Aim server answers.
 */
export async function probe(
  address: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<string> {
  let first: TrackerUnreachableError | undefined;
  for (const baseUrl of [`http://${address}`, `https://${address}`]) {
    try {
      await requireAim(baseUrl, headers, signal);
      return baseUrl;
    } catch (error) {
      first ??= error as TrackerUnreachableError;
    }
  }
  throw first as TrackerUnreachableError;
}

/** @throws {TrackerUnreachableError} unless an Aim server answers at the URL. */
export async function requireAim(
  baseUrl: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  let [status, text] = [0, ""];
  rememberHeaders(headers);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    // A redirect would turn the POSTs that follow into GETs.
    const answer = await fetch(`${baseUrl}/status/`, {
      headers,
      signal: limit,
      redirect: "manual",
    });
    [status, text] = [answer.status, (await bytesOf(answer, limit)).toString("utf8")];
  } catch (cause) {
    throw unreachable(baseUrl, "status", cause);
  }
  if (status === 200 && /"status"\s*:\s*"OK"/.test(text)) return;
  const permanent = status === 401 || status === 403;
  const isTurnedAway = permanent || status === 429 || status >= 500; // also by a proxy in front of it
  const who = isTurnedAway ? `Aim at ${baseUrl}` : `${baseUrl} is no Aim server: it`;
  const advice = permanent ? ` (${LOGIN_ADVICE})` : "";
  throw new TrackerUnreachableError(
    `${who} answered ${status} to /status/: ${excerptOf(text)}${advice}`,
    { permanent },
  );
}

/** Waits until an Aim server answers. @throws {TrackerUnreachableError} once the signal aborts. */
export async function waitForAim(
  baseUrl: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      return await requireAim(baseUrl, headers, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {}); // the next attempt says why
    }
  }
}

/** For a request that got no answer. */
export function unreachable(
  baseUrl: string,
  what: string,
  error: unknown,
): TrackerUnreachableError {
  const reason = rootMessageOf(error);
  return new TrackerUnreachableError(`Aim at ${baseUrl} cannot be reached (${what}: ${reason})`, {
    cause: error,
  });
}
