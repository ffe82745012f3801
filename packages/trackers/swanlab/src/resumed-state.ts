import type { LastSteps } from "./client/answers.ts";
import { stepsUpTo } from "./format/step-runs.ts";
import { NEW_RUN, type RecordingState, type SeriesState } from "./state.ts";

/** The state of a run that the service has: no series takes a point before its last one. */
export function resumedState({ scalars, media }: LastSteps): RecordingState {
  const series = (steps: ReadonlyMap<string, number>, type?: "scalar"): [string, SeriesState][] =>
    [...steps].map(([key, step]) => [key, { ...(type && { type }), steps: stepsUpTo(step) }]);
  const last = Math.max(-1, ...scalars.values(), ...media.values());
  return {
    ...NEW_RUN,
    nextStep: last + 1,
    series: [...series(media), ...series(scalars, "scalar")],
  };
}
