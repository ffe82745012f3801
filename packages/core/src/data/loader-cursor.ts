import { AcceleratorError } from "../errors.ts";
import { foundArgument } from "../options/found-text.ts";
import type { LoaderObserver, LoaderState } from "./loader-observer.ts";
import { BEGINNING, type Position } from "./position.ts";

/** What a checkpoint says of a loader's progress. */
export type Progress = {
  /** Of the pass in progress; between passes, of the next one. */
  readonly epoch: number;
  readonly inPass: boolean;
  /** Behind the last batch that counts as consumed. */
  readonly position: Position;
};

type OpenPass = {
  /** The loader, or the view of it, that is read. */
  readonly reader: LoaderState;
  readonly epoch: number;
  /** Backward passes that had run when the pass began. */
  readonly backwards: number;
  /** Behind the last batch whose step is over. */
  consumed: Position;
  /** How many these are, in this pass. */
  steps: number;
  /** The batch that the loop has now. */
  inHand: { readonly after: Position; readonly backwards: number } | undefined;
};

/**
 * Which batches of a loader have been consumed. The batch that the loop has now counts from its `backward` on: a
 * checkpoint that is written before has none of its effects. In a loop without `backward` it counts when the next one
 * is asked for. Batches that are only planned or fetched ahead never count.
 */
export class LoaderCursor {
  readonly #observer: LoaderObserver;
  #epoch = 0;
  /** Where the next pass begins. */
  #start = BEGINNING;
  #pass: OpenPass | undefined;

  constructor(observer: LoaderObserver) {
    this.#observer = observer;
  }

  /** Whether a pass is in progress. */
  get isReading(): boolean {
    return this.#pass !== undefined;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Where the next pass begins; in a pass, where it stands. */
  get start(): Position {
    return this.#start;
  }

  /** Steps of the pass in progress that are consumed. */
  get steps(): number {
    const pass = this.#pass;
    return pass ? pass.steps + (this.#isConsumed(pass) ? 1 : 0) : 0;
  }

  /** The next pass is this one, from its beginning; a pass that was resumed keeps its place. */
  setEpoch(epoch: number): void {
    if (!Number.isSafeInteger(epoch) || epoch < 0) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `setEpoch: an integer of at least 0 is needed, got ${foundArgument(epoch, "setEpoch(1)")}.`,
      );
    }
    if (epoch !== this.#epoch && !this.#pass && this.#start !== BEGINNING) {
      process.emitWarning(
        `setEpoch(${epoch}): this data loader was to go on in the middle of epoch ${this.#epoch}, where its state was ` +
          `saved; it begins epoch ${epoch} instead. Begin the loop over epochs with loader.epoch.`,
        "AcceleratorWarning",
      );
      this.#start = BEGINNING;
    }
    this.#epoch = epoch;
  }

  /** @throws {AcceleratorError} `STATE_INVALID` in the middle of a loop. */
  requireIdle(): void {
    if (this.#pass) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "loadStateDict: a loop is reading this data loader. Load the state before the loop begins.",
      );
    }
  }

  resume({ epoch, position }: Progress): void {
    this.#epoch = epoch;
    this.#start = position;
  }

  /** @param from where the pass begins; undefined if it goes on. */
  begin(reader: LoaderState, from: Position = this.#start): void {
    const { backwards } = this.#observer;
    this.#start = from;
    this.#pass = {
      ...{ reader, epoch: this.#epoch, backwards },
      ...{ consumed: from, steps: 0, inHand: undefined },
    };
  }

  /** The loop gets a batch. */
  give(after: Position): void {
    if (this.#pass) this.#pass.inHand = { after, backwards: this.#observer.backwards };
  }

  /** The loop asks for the next batch. */
  endStep(): void {
    const pass = this.#pass;
    if (!pass?.inHand) return;
    pass.consumed = pass.inHand.after;
    pass.steps += 1;
    pass.inHand = undefined;
  }

  end(): void {
    this.#pass = undefined;
    this.#start = BEGINNING;
    this.#epoch += 1;
  }

  get progress(): Progress {
    const pass = this.#pass;
    if (!pass) {
      return { epoch: this.#epoch, inPass: this.#start !== BEGINNING, position: this.#start };
    }
    const { backwards } = this.#observer;
    const isEvaluation = this.#observer.isInner(pass.reader) && backwards === pass.backwards;
    // The loop around it goes on behind this step, or repeats it from its beginning.
    if (isEvaluation) return { epoch: pass.epoch, inPass: false, position: BEGINNING };
    const position = (this.#isConsumed(pass) && pass.inHand?.after) || pass.consumed;
    return { epoch: pass.epoch, inPass: true, position };
  }

  /** Whether the batch that the loop has now counts. */
  #isConsumed({ inHand }: OpenPass): boolean {
    return inHand !== undefined && this.#observer.backwards > inHand.backwards;
  }
}
