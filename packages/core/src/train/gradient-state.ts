import type { LoaderObserver, LoaderState } from "../data/loader-observer.ts";
import { StepScope } from "../step/autograd.ts";
import type { UnevenRanks } from "./announced-exchange.ts";

/** When gradients are exchanged and applied; `gradientAccumulationPlugin` of the accelerator. */
export type GradientAccumulation = {
  /** Backward passes per optimizer step, at least 1. */
  readonly numSteps: number;
  /** Also end a window at the last batch of the active loader, so that nothing leaks into the next epoch. */
  readonly syncWithDataloader: boolean;
  /** Exchange at every backward: the same result with more traffic. */
  readonly syncEachBatch: boolean;
};

/** Where a body of `localSgd` is. */
export type LocalTurn = {
  steps: number;
  /** The weights after the last exchange, and the momentum; only with an outer step. Equal on all ranks. */
  readonly outer: { readonly last: Float32Array; readonly momentum: Float32Array } | undefined;
};

type ActivePass = {
  readonly loader: LoaderState;
  step: StepScope;
  /** Samples of the batch that the loop has now, and the backward passes before it was given. */
  inHand: { readonly samples: number; readonly backwards: number } | undefined;
};

/**
 * Follows the loops of one accelerator: which loader is active, which step is open, and whether the
 * current micro-batch ends an accumulation window. Every accelerator has its own.
 */
export class GradientState implements LoaderObserver {
  syncGradients = true;
  /** Micro-batches since the window began, as Accelerate counts: it restarts at the end of a loader. */
  step = 0;
  /** Samples that all replicas have taken from prepared loaders. */
  samplesSeen = 0;
  /** Whether gradients were exchanged at the end of a window and no optimizer has applied them yet. */
  updateDue = false;
  /** The optimizers whose last step was skipped because of an overflow. */
  readonly skippedBy: Set<object> = new Set();
  /** The outermost loader during the last update of an optimizer: the loop that trains. */
  steppedIn: LoaderState | undefined;
  /** Called where a loop asks for its next batch; what it returns is awaited. */
  onBetweenSteps: ((loader: LoaderState | undefined) => Promise<unknown> | undefined) | undefined;
  accumulation: GradientAccumulation;
  /** Whether `localSgd` has run: from then on weights, or the moments of optimizers, may differ from rank to rank. */
  replicasDiffer = false;
  /** The bodies of `localSgd` that run, the outermost first. */
  readonly localTurns: LocalTurn[] = [];
  /** Where those of a checkpoint stood that have not begun yet. */
  resumedTurns: LocalTurn[] = [];
  /** Inside `joinUnevenInputs`: ranks whose loops are over learn here that an exchange is due. */
  uneven: UnevenRanks | undefined;
  #backwards = 0;
  /** The models that have begun the current micro-batch, and the step of the loader that it belongs to. */
  #begun: { readonly step: StepScope | undefined; readonly models: readonly object[] } = {
    step: undefined,
    models: [],
  };
  readonly #passes: ActivePass[] = [];

  constructor(accumulation: GradientAccumulation) {
    this.accumulation = accumulation;
  }

  /** The loader whose loop runs now: the innermost one. */
  get activeLoader(): LoaderState | undefined {
    return this.#passes.at(-1)?.loader;
  }

  /** The loaders of all loops that run now, the outermost first. */
  get loaders(): LoaderState[] {
    return this.#passes.map(({ loader }) => loader);
  }

  /** Loops over prepared loaders, one inside the other, that run now. */
  get depth(): number {
    return this.#passes.length;
  }

  /** Whether the last step of any optimizer was skipped: schedules wait then. */
  get stepWasSkipped(): boolean {
    return this.skippedBy.size > 0;
  }

  /** An optimizer has applied the gradients, or skipped them. */
  noteUpdate(): void {
    this.updateDue = false;
    this.steppedIn = this.#passes[0]?.loader;
  }

  get endOfDataloader(): boolean {
    return this.activeLoader?.endOfDataloader ?? false;
  }

  /** Real samples in the last global batch of the active loader; -1 without one. */
  get remainder(): number {
    return this.activeLoader?.remainder ?? -1;
  }

  /** `samplesSeen` without batches that loops were given and have not used yet: a resumed run gets them again. */
  get samplesConsumed(): number {
    const waiting = this.#passes.flatMap(({ inHand }) =>
      inHand && inHand.backwards === this.#backwards ? [inHand.samples] : [],
    );
    return waiting.reduce((sum, samples) => sum - samples, this.samplesSeen);
  }

  get backwards(): number {
    return this.#backwards;
  }

  /** A backward pass has run: the batches that loops have now are consumed. */
  countBackward(): void {
    this.#backwards += 1;
  }

  isInner(loader: LoaderState): boolean {
    return this.#passes.findLastIndex((pass) => pass.loader === loader) > 0;
  }

  /**
   * Starts a micro-batch of some models: decides whether its gradients are exchanged and applied. Models that take turns
   * within one batch of a loader, such as the two of a GAN, share its micro-batch.
   */
  advance(models: readonly object[]): void {
    const step = this.#passes.at(-1)?.step;
    const others = models.some((model) => this.hasBegun(model)) ? [] : this.#begunModels();
    this.#begun = { step, models: [...others, ...models] };
    if (others.length > 0) return;
    const { numSteps, syncWithDataloader } = this.accumulation;
    if (syncWithDataloader && this.endOfDataloader) {
      this.step = 0;
      this.syncGradients = true;
    } else {
      this.step += 1;
      this.syncGradients = this.step % numSteps === 0;
    }
  }

  /** Whether a model has begun its micro-batch of the batch that the active loader gave last. */
  hasBegun(model: object): boolean {
    return this.#begunModels().includes(model);
  }

  #begunModels(): readonly object[] {
    const { step, models } = this.#begun;
    return step !== undefined && step === this.#passes.at(-1)?.step ? models : [];
  }

  begin(loader: LoaderState): void {
    this.#passes.push({ loader, step: new StepScope(), inHand: undefined });
  }

  endStep(loader: LoaderState): void {
    const pass = this.#passes.findLast((candidate) => candidate.loader === loader);
    if (!pass) return;
    this.#abandonInside(pass);
    pass.step.close();
    pass.inHand = undefined;
  }

  /** @param loader undefined in `fit`. */
  betweenSteps(loader: LoaderState | undefined): Promise<unknown> | undefined {
    // The ranks are not at the same place while their loops may have different lengths.
    return this.uneven ? undefined : this.onBetweenSteps?.(loader);
  }

  beginStep(loader: LoaderState, samples: number): void {
    this.samplesSeen += samples;
    this.updateDue = false;
    this.endStep(loader);
    const pass = this.#passes.findLast((candidate) => candidate.loader === loader);
    if (!pass) return;
    pass.step = new StepScope();
    pass.inHand = { samples, backwards: this.#backwards };
  }

  end(loader: LoaderState): void {
    const pass = this.#passes.findLast((candidate) => candidate.loader === loader);
    if (!pass) return;
    this.#abandonInside(pass);
    pass.step.close();
    this.#passes.pop();
  }

  /** Ends the passes that began inside `pass` and whose iterators were dropped without `return()`. */
  #abandonInside(pass: ActivePass): void {
    while (this.#passes.at(-1) !== pass) this.#passes.pop()?.step.close();
  }
}
