import { TrackerUnreachableError } from "@acc/core/tracker";
import { netrcPassword } from "./netrc.ts";

/**
 * The key for a server, looked up when it is needed.
 *
 * @throws {TrackerUnreachableError} if there is none.
 */
export function apiKeyFor(baseUrl: string, given: string | undefined): string {
  const { hostname } = new URL(baseUrl);
  const key = given ?? (process.env.WANDB_API_KEY || netrcPassword(hostname));
  if (key) return key.trim();
  throw new TrackerUnreachableError(
    `There is no W&B key for ${hostname}: set WANDB_API_KEY, pass apiKey, or run "wandb login".`,
    { permanent: true },
  );
}
