import { TrackerUnreachableError } from "@acc/core/tracker";
import { storedLogin } from "../stored-login.ts";

/**
 * The key for a service, looked up when it is needed. A stored one goes only to the service that it is for.
 *
 * @throws {TrackerUnreachableError} if there is none.
 */
export function apiKeyFor(apiHost: string): string {
  const key = process.env.SWANLAB_API_KEY?.trim();
  if (key) return key;
  const login = storedLogin();
  if (login?.apiHost === apiHost) return login.apiKey;
  throw new TrackerUnreachableError(
    `There is no SwanLab key for ${new URL(apiHost).host}: set SWANLAB_API_KEY, or run "swanlab login".`,
    { permanent: true },
  );
}
