/** Steps in order of their appearance, as runs of equal distance: first step, last step, distance. */
export type StepRuns = (readonly [first: number, last: number, distance: number])[];

/** Steps that follow no rule take a run each; of those only the last are remembered. */
const MAX_RUNS = 200;

/** All steps up to this one. */
export function stepsUpTo(last: number): StepRuns {
  return [[0, last, 1]];
}

export function hasStep(runs: StepRuns, step: number): boolean {
  return runs.some(
    ([first, last, distance]) =>
      step >= first && step <= last && (step - first) % Math.max(distance, 1) === 0,
  );
}

/** Adds a step that is not there. */
export function addStep(runs: StepRuns, step: number): void {
  const [first, last, distance] = runs.at(-1) ?? [Number.NaN, Number.NaN, 0];
  const isNext = step > last && (first === last || step - last === distance);
  if (isNext) runs[runs.length - 1] = [first, step, step - last];
  else runs.push([step, step, 0]);
  if (runs.length > MAX_RUNS) runs.shift();
}
