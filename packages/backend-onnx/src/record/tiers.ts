import { CompilePolicy } from "./compile-policy.ts";
import { Forecast } from "./forecast.ts";
import { Segment } from "./segment.ts";
import type { Trace } from "./trace.ts";

/** Decides which tier computes calls: single calls at once, or graphs of what was recorded. */
export class Tiers {
  /** Whether every call is recorded, and every trace compiled when it is first seen. */
  compilesAll = false;
  /** Whether every call is recorded. */
  recordsAll = false;
  readonly #policy = new CompilePolicy();
  readonly #forecast = new Forecast();
  #segment = new Segment();

  /** Whether calls are computed at once now, because nothing that was seen here comes again often enough. */
  get isEager(): boolean {
    return !(this.#forecast.isHot || this.recordsAll || this.compilesAll);
  }

  /** What is computed at once now is part of this. */
  get segment(): Segment {
    return this.#segment;
  }

  /** A moment has come at which values are needed. @returns the number of calls that were computed since the last one. */
  endSegment(): number {
    const segment = this.#segment;
    if (segment.numCalls === 0) return 0;
    this.#segment = new Segment();
    this.#forecast.reached(segment.hash, this.#policy.isWorthwhile(segment));
    return segment.numCalls;
  }

  /** Counts a run of a recorded trace. @returns its plan, unless it has none and is not worth one. */
  planFor<P>(trace: Trace, isStep: boolean, find: (isWorthwhile: () => boolean) => P): P {
    let place = trace.signature.hash;
    const plan = find(() => {
      if (this.compilesAll) return true;
      if (isStep && this.#policy.isRegular(trace.operations)) return true;
      const segment = Segment.of(trace.calls);
      place = segment.hash;
      return this.#policy.isWorthwhile(segment);
    });
    this.#forecast.reached(place, plan !== undefined);
    return plan;
  }
}
