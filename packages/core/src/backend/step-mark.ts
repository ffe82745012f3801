import { backend } from "@tensorflow/tfjs-core";

/** A backend that computes lazily wants to know where a training step ends; others ignore it. */
type LazyBackend = {
  markStep?(): void;
  /** Runs an update during which tfjs optimizers mark no step themselves. */
  deferStepMarks?(update: () => void): void;
};

let isDue = false;

/** Runs the update of the variables that a step leads to; `markDueStep` then ends the step. */
export function updateVariables(update: () => void): void {
  const current = backend() as LazyBackend;
  if (current.deferStepMarks) current.deferStepMarks(update);
  else update();
  isDue = true;
}

/** Ends the step if its update has run: by now the tensors that only the step needed are disposed. */
export function markDueStep(): void {
  if (!isDue) return;
  isDue = false;
  (backend() as LazyBackend).markStep?.();
}
