import { util } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import type { FitRun } from "../train/fit-run.ts";

/** The order in which an epoch of `fit` takes the samples, the same on every rank: that of rank 0. */
export class EpochOrder {
  readonly #order: Int32Array;
  readonly #shuffle: boolean;
  readonly #collective: Collective;
  #next = 0;
  /** Whether the order is that of the epoch which goes on from a checkpoint. */
  #isResumed: boolean;

  constructor(
    numSamples: number,
    shuffle: boolean,
    { collective, run }: { readonly collective: Collective; readonly run: FitRun },
  ) {
    this.#order = run.order ?? Int32Array.from({ length: numSamples }, (_, i) => i);
    this.#isResumed = (run.resumed?.values.length ?? 0) > 0;
    this.#shuffle = shuffle;
    this.#collective = collective;
    if (shuffle) run.order = this.#order;
  }

  /** The samples of the next batch, as indices. Collective at the start of an epoch. */
  take(count: number): Int32Array {
    if (this.#next === 0 && this.#shuffle && !this.#isResumed) {
      // On every rank, as in a run with one: they draw from `Math.random` alike, seeded or not.
      util.shuffle(this.#order);
      this.#collective.broadcast(this.#order, 0, "fit: shuffle");
    }
    this.#isResumed = false;
    const batch = this.#order.slice(this.#next, this.#next + count);
    this.#next = (this.#next + batch.length) % this.#order.length;
    return batch;
  }
}
