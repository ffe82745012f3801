import type { ClockReading, RankClock } from "../rank-clock.ts";
import type { RankPace } from "../tracker-contract/monitoring.ts";

/** What the clocks of the ranks tell between two samples. */
export class RankPaces {
  readonly #clocks: readonly RankClock[];
  #before: readonly ClockReading[];

  constructor(clocks: readonly RankClock[]) {
    this.#clocks = clocks;
    this.#before = clocks.map((clock) => clock.read());
  }

  /** Since the call before, `elapsedMs` ago, or since this was made. */
  since(elapsedMs: number): RankPace[] {
    const before = this.#before;
    this.#before = this.#clocks.map((clock) => clock.read());
    return this.#before.map((now, rank) => {
      const then = before[rank] ?? now;
      return {
        batchesPerSecond: tenths((difference(then.batches, now.batches) / elapsedMs) * 1000),
        waitingPercent: percent(difference(then.waitingUs, now.waitingUs), elapsedMs),
        loadingPercent: percent(difference(then.loadingUs, now.loadingUs), elapsedMs),
      };
    });
  }
}

/**
 * Of two readings of a counter that wraps around at 2³². The first may include a wait that went on, and be a little ahead of what
 * was counted at its end.
 */
function difference(before: number, after: number): number {
  const increase = (after - before) >>> 0;
  return increase > 2 ** 32 - 10_000_000 ? 0 : increase;
}

function percent(microseconds: number, elapsedMs: number): number {
  return Math.min(100, tenths(microseconds / 10 / elapsedMs));
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
