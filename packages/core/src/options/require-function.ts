import { AcceleratorError } from "../errors.ts";
import { foundText } from "./found-text.ts";

/**
 * Refuses what is no function, at the call that gets it: it would otherwise fail later, elsewhere, and perhaps on one rank only.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function requireFunction(call: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${call} needs a function, got ${foundText(value)}.`,
  );
}
