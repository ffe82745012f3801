import { PHASES } from "../phases.ts";
import type { PhaseList } from "./phase-totals.ts";

/** A trace that is to be written: plain data for another thread. */
export type Trace = {
  readonly path: string;
  readonly rank: number;
  readonly events: PhaseList;
  /** Number, start and length in milliseconds of each step. */
  readonly steps: Float64Array;
};

/** Lanes of the picture. */
const [PHASE_LANE, STEP_LANE] = [0, 1];

/** A trace as Chrome's tracing and Perfetto read it; a rank is shown as a process. Times are microseconds. */
export function traceText({ rank, events, steps }: Trace): string {
  const named = (name: string, value: string, tid = PHASE_LANE) => ({
    ...{ name, ph: "M", pid: rank, tid, args: { name: value } },
  });
  const span = (
    name: string,
    tid: number,
    [start = 0, length = 0]: ArrayLike<number> & Iterable<number>,
  ) => ({
    ...{ name, cat: "acc", ph: "X", pid: rank, tid },
    ts: Math.round(start * 1e6) / 1e3,
    dur: Math.round(length * 1e6) / 1e3,
  });
  const phases = Array.from({ length: events.length / 3 }, (_, i) =>
    span(PHASES[events[3 * i] as number] as string, PHASE_LANE, events.subarray(3 * i + 1)),
  );
  const spans = Array.from({ length: steps.length / 3 }, (_, i) =>
    span(`step ${steps[3 * i]}`, STEP_LANE, steps.subarray(3 * i + 1)),
  );
  const names = [
    ...[named("process_name", `rank ${rank}`), named("thread_name", "phases")],
    named("thread_name", "steps", STEP_LANE),
  ];
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents: [...names, ...spans, ...phases] });
}
