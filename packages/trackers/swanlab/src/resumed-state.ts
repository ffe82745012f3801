import type { LastSteps } from "./client/answers.ts";
import { stepsUpTo } from "./format/step-runs.ts";
import { SYSTEM_PREFIX } from "./format/system-metrics.ts";
import { NEW_RUN, type RecordingState, type SeriesState } from "./state.ts";

/** The state of a run that the service has: no series takes a point before its last one. */
export function resumedState({ scalars: all, media, lines }: LastSteps): RecordingState {
  const isOfMachine = ([key]: readonly [string, number]): boolean => key.startsWith(SYSTEM_PREFIX);
  const scalars = new Map([...all].filter((one) => !isOfMachine(one)));
  const samples = Math.max(-1, ...[...all].filter(isOfMachine).map(([, step]) => step)) + 1;
  const series = (steps: ReadonlyMap<string, number>, type?: "scalar"): [string, SeriesState][] =>
    [...steps].map(([key, step]) => [key, { ...(type && { type }), steps: stepsUpTo(step) }]);
  const last = Math.max(-1, ...scalars.values(), ...media.values());
  return {
    ...NEW_RUN,
    nextStep: last + 1,
    monitored: { samples, lines },
    series: [...series(media), ...series(scalars, "scalar")],
  };
}
