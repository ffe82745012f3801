import type { SeriesFrame } from "../../wire/frame.ts";

/** A part of a replica's time, in seconds since the start of the run, and how it was spent: shares of 0 to 1. */
export type TimePart = {
  readonly from: number;
  readonly to: number;
  readonly waiting: number;
  readonly loading: number;
};

/** The time of a replica as parts without gaps between samples; both frames are of the same samples. */
export function timeLane(waiting: SeriesFrame, loading: SeriesFrame): TimePart[] {
  const waits = samplesOf(waiting);
  const loads = samplesOf(loading);
  return waits.flatMap(({ from, to, percent }, index) => {
    const loaded = loads[index]?.percent ?? 0;
    if (Number.isNaN(percent) || Number.isNaN(loaded)) return [];
    const wait = share(percent);
    return [{ from, to, waiting: wait, loading: Math.min(share(loaded), 1 - wait) }];
  });
}

/** The mean shares of the whole time. */
export function meanShares(parts: readonly TimePart[]): Pick<TimePart, "waiting" | "loading"> {
  const sum = { time: 0, waiting: 0, loading: 0 };
  for (const { from, to, waiting, loading } of parts) {
    sum.time += to - from;
    sum.waiting += (to - from) * waiting;
    sum.loading += (to - from) * loading;
  }
  const { time, ...spent } = sum;
  return time > 0
    ? { waiting: spent.waiting / time, loading: spent.loading / time }
    : { waiting: 0, loading: 0 };
}

type Sample = { readonly from: number; readonly to: number; readonly percent: number };

/** A sample tells of the time since the one before; the first one of as long as the next. */
function samplesOf(frame: SeriesFrame): Sample[] {
  if (frame.layout === "raw") {
    const { x, y } = frame;
    const [first = 0, second = 2 * first] = x;
    return Array.from(x, (to, index) => {
      const from = index === 0 ? Math.max(0, 2 * first - second) : (x[index - 1] as number);
      return { from, to, percent: y[index] as number };
    });
  }
  const { x0, x1, base, mean } = frame;
  const width = (x1 - x0) / mean.length;
  return Array.from(mean, (value, column) => ({
    from: x0 + column * width,
    to: x0 + (column + 1) * width,
    percent: base + value,
  }));
}

function share(percent: number): number {
  return Math.min(Math.max(percent / 100, 0), 1);
}
