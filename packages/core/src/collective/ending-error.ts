import { AcceleratorError } from "../errors.ts";
import { REASON } from "./control-block.ts";

/** Why a group has ended, as the error of a rank that did not cause it. */
export function endingError({
  reason,
  message,
}: {
  readonly reason: number;
  readonly message: string;
}): AcceleratorError {
  if (reason === REASON.timeout) return new AcceleratorError("COLLECTIVE_TIMEOUT", message);
  if (reason === REASON.lost) return new AcceleratorError("COLLECTIVE_ABORTED", message);
  return new AcceleratorError("COLLECTIVE_ABORTED", `Another replica ended the run: ${message}`);
}
