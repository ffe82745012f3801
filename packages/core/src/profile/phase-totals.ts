import { PHASES, type Phase } from "../phases.ts";

/** How often each phase ran, and how long in all, in milliseconds. Phases inside others count in both. */
export type PhaseTotals = {
  readonly [Name in Phase]?: { readonly count: number; readonly totalMs: number };
};

/** Phases as numbers, three for each: which one, its start and its length in milliseconds. */
export type PhaseList = Float64Array;

export function totalsOf(events: PhaseList): PhaseTotals {
  const totals: { [Name in Phase]?: { count: number; totalMs: number } } = {};
  for (let at = 0; at < events.length; at += 3) {
    const phase = PHASES[events[at] as number] as Phase;
    const { count, totalMs } = totals[phase] ?? { count: 0, totalMs: 0 };
    totals[phase] = { count: count + 1, totalMs: totalMs + (events[at + 2] as number) };
  }
  return totals;
}
