import type { Variable } from "@tensorflow/tfjs-core";
import type { Differentiation } from "./differentiate.ts";

/** Lets the scaler, if there is one, decide whether an optimizer skips its step; a skipped step counts as none. */
export function skipsOverflow(
  optimizer: object,
  variables: readonly Variable[],
  { scaler, state }: Differentiation,
): boolean {
  if (!scaler) return false;
  const isSkipped = scaler.hasOverflow(variables);
  scaler.update(isSkipped);
  if (isSkipped) {
    state.skippedBy.add(optimizer);
    state.noteUpdate();
  } else state.skippedBy.delete(optimizer);
  return isSkipped;
}
