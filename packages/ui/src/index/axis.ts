import type { Axis } from "../wire/series.ts";
import { lowerBound, NumberList } from "./number-list.ts";
import type { Points } from "./points.ts";
import type { Pause, RunPoints } from "./run-points.ts";

/** The places of points on an axis: a list as long as they are. NaN: the point has none. Undefined: there is no such axis. */
export function placesOn(axis: Axis, points: Points, run: RunPoints): NumberList | undefined {
  switch (axis) {
    case "step":
      return points.steps;
    case "clock":
      return points.times;
    case "relative-step": {
      const first = run.firstStep ?? 0;
      return mapped(points.steps, (step) => step - first);
    }
    case "time":
      return mapped(points.times, activeSeconds(run.about.startedMs, run.pauses));
    default: {
      const other = run.keys.get(axis.key);
      return other && valuesAt(points.steps, other.points);
    }
  }
}

/** Seconds since the start, without the pauses. A clock that was set back makes no negative time. */
export function activeSeconds(
  startedMs: number,
  pauses: readonly Pause[],
): (timeMs: number) => number {
  return (timeMs) => {
    let active = timeMs - startedMs;
    for (const { fromMs, toMs } of pauses) {
      if (timeMs > fromMs) active -= Math.min(timeMs, toMs) - fromMs;
    }
    return Math.max(0, active) / 1000;
  };
}

/** The values that another key has at the same steps. */
function valuesAt(steps: NumberList, { steps: otherSteps, values }: Points): NumberList {
  const list = new NumberList();
  if (isRising(otherSteps)) {
    let at = 0;
    for (let i = 0; i < steps.length; i++) {
      const step = steps.get(i);
      if (i > 0 && step < steps.get(i - 1)) at = lowerBound(otherSteps, step);
      while (at < otherSteps.length && otherSteps.get(at) < step) at += 1;
      const isThere = at < otherSteps.length && otherSteps.get(at) === step;
      list.push(isThere ? values.get(at) : Number.NaN);
    }
    return list;
  }
  const byStep = new Map<number, number>();
  for (let i = 0; i < otherSteps.length; i++) byStep.set(otherSteps.get(i), values.get(i));
  return mapped(steps, (step) => byStep.get(step) ?? Number.NaN);
}

/** Whether no number is below the one before it. */
export function isRising(list: NumberList): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < list.length; i++) {
    const value = list.get(i);
    if (!(value >= before)) return false;
    before = value;
  }
  return true;
}

function mapped(list: NumberList, change: (value: number) => number): NumberList {
  const result = new NumberList();
  for (let i = 0; i < list.length; i++) result.push(change(list.get(i)));
  return result;
}
