import { AcceleratorError } from "@acc/core/tracker";

/** @param what the run in the service's words, such as `"The W&B run"`. */
export function notStarted(what: string): AcceleratorError {
  return new AcceleratorError(
    "STATE_INVALID",
    `${what} has not been started; call initTrackers first.`,
  );
}

/** For a call in a journal that a newer version of the tracker wrote. @param what such as `"The Aim run"`. */
export function unknownCall(what: string, method: string): AcceleratorError {
  return new AcceleratorError(
    "VALUE_INVALID",
    `${what} has no method "${method}". Was it recorded by a newer version of the tracker? Update it.`,
  );
}
