import type { Collective } from "../collective/collective.ts";
import type { LoaderState } from "../data/loader-observer.ts";
import type { GradientState } from "../train/gradient-state.ts";
import type { CheckpointPolicy } from "./checkpoint-options.ts";
import { CELLS } from "./write-turns.ts";

export type PolicyOptions = {
  readonly collective: Collective;
  readonly state: GradientState;
  readonly steps: () => number;
  readonly isBusy: () => boolean;
  readonly save: () => Promise<unknown>;
};

/**
 * Saves by itself, where a training loop asks for its next batch, and in `fit` when all callbacks have seen the end of a batch.
 * All ranks must decide the same: the number of steps is equal on all of them; the time is that of rank 0, which names a step that
 * no rank has made yet.
 */
export class Policy {
  readonly #policy: CheckpointPolicy;
  readonly #options: PolicyOptions;
  /** Steps at the last save. */
  #savedSteps = 0;
  #savedMs = performance.now();

  constructor(policy: CheckpointPolicy, options: PolicyOptions) {
    this.#policy = policy;
    this.#options = options;
    this.#forgetTime();
  }

  /** A state was saved or loaded: steps and time count from here. */
  restart(): void {
    this.#savedSteps = this.#options.steps();
    this.#savedMs = performance.now();
    this.#forgetTime();
  }

  /** The step that rank 0 has named may be that of an earlier accelerator, or behind the state that was loaded. */
  #forgetTime(): void {
    const { cells, rank } = this.#options.collective;
    if (rank === 0) Atomics.store(cells, CELLS.saveAt, 0);
  }

  /** The step of a loader, or of `fit`, is over. @returns a save to wait for, if one is due. */
  afterStep(loader: LoaderState | undefined): Promise<unknown> | undefined {
    const { everySteps, everyMs } = this.#policy;
    if (everySteps === undefined && everyMs === undefined) return undefined;
    const { state, steps } = this.#options;
    // Not in evaluation: only in the loop that trains.
    if (loader !== state.steppedIn) return undefined;
    const now = steps();
    if (now === this.#savedSteps) return undefined;
    const isDue = this.#isDueBySteps(now) || this.#isDueByTime(now);
    return isDue ? this.#save() : undefined;
  }

  #isDueBySteps(now: number): boolean {
    const { everySteps } = this.#policy;
    if (everySteps === undefined) return false;
    return Math.floor(now / everySteps) > Math.floor(this.#savedSteps / everySteps);
  }

  #isDueByTime(now: number): boolean {
    const { everyMs } = this.#policy;
    if (everyMs === undefined) return false;
    const { cells, rank } = this.#options.collective;
    // Written before the exchange of that step and read after it, so all ranks read the same.
    const saveAt = Atomics.load(cells, CELLS.saveAt);
    if (saveAt > this.#savedSteps && now >= saveAt) return true;
    if (rank === 0 && saveAt <= this.#savedSteps && performance.now() - this.#savedMs >= everyMs) {
      Atomics.store(cells, CELLS.saveAt, now + 1);
    }
    return false;
  }

  async #save(): Promise<unknown> {
    const { collective, isBusy, save } = this.#options;
    if (this.#policy.whenBusy === "skip") {
      const skips = collective.broadcastObject(isBusy(), 0, "saveState()");
      if (skips) return undefined;
    }
    return await save();
  }
}
