import { compilingCost } from "./cost.ts";
import { LeastRecent } from "./least-recent.ts";
import type { Segment } from "./segment.ts";

/** Steps of the same operations that are compiled when they are first seen. */
const SHAPES_AT_ONCE = 8;
/** Segments and kinds of steps whose counts are kept. */
const REMEMBERED = 1024;

/**
 * Decides what is worth compiling, as a just-in-time compiler does: calls are computed one by one until their runs
 * would have saved, as graphs, what compiling them takes. It goes by counts and sizes, never by a clock, so that every
 * run of a program decides alike.
 */
export class CompilePolicy {
  /** What the runs of a segment would have saved, by its hash. */
  readonly #saved = new LeastRecent<number, number>(REMEMBERED);
  /** How many shapes of the same operations were compiled at once. */
  readonly #steps = new LeastRecent<number, number>(REMEMBERED);

  /** Counts one more run. @returns whether the runs so far were worth a graph. */
  isWorthwhile({ hash, saved, numCalls }: Segment): boolean {
    if (saved <= 0) return false;
    const sum = (this.#saved.get(hash) ?? 0) + saved;
    this.#saved.set(hash, sum);
    return sum >= compilingCost(numCalls);
  }

  /** Whether a training step that was never seen will come again: steps whose shapes differ from batch to batch may not. */
  isRegular(operations: number): boolean {
    const shapes = this.#steps.get(operations) ?? 0;
    this.#steps.set(operations, shapes + 1);
    return shapes < SHAPES_AT_ONCE;
  }
}
