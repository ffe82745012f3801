import { TrackerUnreachableError } from "@acc/core/tracker";
import { AimServiceError } from "./service-error.ts";

/** The error for the hub: after a `TrackerUnreachableError` it tries again, after any other it counts the event as failed. */
export function deliveryError(error: unknown): unknown {
  if (!(error instanceof AimServiceError)) return error;
  if (error.className === "RunLockingError" || error.className === "Timeout") {
    const advice = "another program writes to this run; end it, or set forceResume";
    return new TrackerUnreachableError(`${error.message} (${advice})`, {
      cause: error,
      permanent: true,
    });
  }
  return error.isRefusal ? error : new TrackerUnreachableError(error.message, { cause: error });
}
