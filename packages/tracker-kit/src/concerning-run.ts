import { TrackerUnreachableError } from "@acc/core/tracker";
import { ServiceError } from "./service-error.ts";

/**
 * A request without which nothing of the run can be recorded.
 *
 * @param describe makes a message of what the service said.
 * @throws {TrackerUnreachableError} `permanent` in place of a refusal: as an error of its events the hub would count them as
 *   failed, one by one.
 */
export async function concerningRun<T>(
  request: Promise<T>,
  describe: (refusal: string) => string = (refusal) => refusal,
): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    if (!(cause instanceof ServiceError)) throw cause;
    throw new TrackerUnreachableError(describe(cause.message), { cause, permanent: true });
  }
}
