import { AcceleratorError } from "../errors.ts";
import { type FitFacts, FitRun, type SavedFitRun } from "./fit-run.ts";

/** The calls of `fit` and `fitDataset` of a script, in state.json. */
export type SavedFitRuns = {
  /** Batches that each call has trained that was over. */
  readonly finished: readonly number[];
  /** The call that was running. */
  readonly running: SavedFitRun;
};

/**
 * The calls of `fit` and `fitDataset`, in their order, by which a script that goes on from a checkpoint recognises them. A state that
 * is saved between calls knows nothing of them: they may be those of another script.
 */
export class FitRuns {
  #finished: number[] = [];
  /** The call that runs; behind it those that its callbacks make, of other models. */
  readonly #running: FitRun[] = [];
  #toResume: SavedFitRuns | undefined;

  /** The call that runs now, not one in a callback of it. */
  get running(): FitRun | undefined {
    return this.#running[0];
  }

  /** The call that trains a model now. */
  of(model: object): FitRun | undefined {
    return this.#running.findLast((run) => run.model === model);
  }

  /**
   * A call begins, perhaps where the checkpoint that was loaded was written.
   *
   * @param initialEpoch as the caller gave it.
   * @throws {AcceleratorError} `CHECKPOINT_DATA_CHANGED` if it is another call than the one that goes on.
   */
  begin(model: object, facts: FitFacts, initialEpoch: number, epochs: number): FitRun {
    const saved = this.#running.length === 0 ? this.#toResume : undefined;
    const index = this.#finished.length;
    const subject = { model, facts };
    let run = new FitRun(subject, initialEpoch);
    if (saved && index < saved.finished.length) {
      this.#warnOver(String(facts.call), index);
      const batches = saved.finished[index] as number;
      const over = { facts, epoch: epochs, values: [], batches, order: undefined };
      run = new FitRun(subject, epochs, over);
    } else if (saved && initialEpoch <= saved.running.epoch) {
      requireSame(saved.running.facts, facts);
      run = new FitRun(subject, saved.running.epoch, saved.running);
    }
    if (saved && index >= saved.finished.length) this.#toResume = undefined;
    this.#running.push(run);
    return run;
  }

  end(run: FitRun): void {
    if (run === this.running) this.#finished.push(run.batches);
    run.end();
    this.#running.splice(this.#running.indexOf(run), 1);
  }

  save(): SavedFitRuns | undefined {
    const running = this.running?.save();
    return running && { finished: [...this.#finished], running };
  }

  /** The next calls are those of the state. */
  resume(saved: SavedFitRuns | undefined): void {
    this.#finished = [];
    this.#toResume = saved;
  }

  #warnOver(call: string, index: number): void {
    process.emitWarning(
      `${call}: call ${index + 1} of fit or fitDataset was over when the checkpoint was written, in a later one; it trains ` +
        "nothing now.",
      "AcceleratorWarning",
    );
  }
}

/** @throws {AcceleratorError} `CHECKPOINT_DATA_CHANGED` naming the first difference. */
function requireSame(saved: FitFacts, now: FitFacts): void {
  const name = Object.keys(now).find((one) => (saved[one] ?? null) !== (now[one] ?? null));
  if (name === undefined) return;
  throw new AcceleratorError(
    "CHECKPOINT_DATA_CHANGED",
    `${now.call}: the checkpoint that was loaded was written inside another call: ${name} is ${now[name]}, and was ${saved[name]}. ` +
      "Make the same calls of fit and fitDataset, in the same order; or train anew, with loadCheckpointInModel in place of loadState.",
  );
}
