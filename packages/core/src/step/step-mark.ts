import { timed } from "../phases.ts";
import { lazyBackend } from "./lazy-backend.ts";

let isDue = false;

/** Runs the update of the variables at the end of a step; `markDueStep` then ends the step. */
export function updateVariables(update: () => void): void {
  const lazy = lazyBackend();
  if (lazy) lazy.update(update);
  else update();
  isDue = true;
}

/** Ends the step if its update has run. Called when the tensors that only the step needed have been disposed. */
export function markDueStep(): void {
  if (!isDue) return;
  isDue = false;
  const lazy = lazyBackend();
  if (lazy) timed("compute", () => lazy.markStep());
}
