import type { LoaderObserver, LoaderState } from "../data/loader-observer.ts";
import { StepScope } from "./autograd.ts";

/** When gradients are exchanged and applied; `gradientAccumulationPlugin` of the accelerator. */
export type GradientAccumulation = {
  /** Backward passes per optimizer step, at least 1. */
  readonly numSteps: number;
  /** Also end a window at the last batch of the active loader, so that nothing leaks into the next epoch. */
  readonly syncWithDataloader: boolean;
  /** Exchange at every backward: the same result with more traffic. */
  readonly syncEachBatch: boolean;
};

type ActivePass = { readonly loader: LoaderState; step: StepScope };

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
  accumulation: GradientAccumulation;
  readonly #passes: ActivePass[] = [];

  constructor(accumulation: GradientAccumulation) {
    this.accumulation = accumulation;
  }

  /** The loader whose loop runs now: the innermost one. */
  get activeLoader(): LoaderState | undefined {
    return this.#passes.at(-1)?.loader;
  }

  get endOfDataloader(): boolean {
    return this.activeLoader?.endOfDataloader ?? false;
  }

  /** Real samples in the last global batch of the active loader; -1 without one. */
  get remainder(): number {
    return this.activeLoader?.remainder ?? -1;
  }

  /** Starts a micro-batch: decides whether its gradients are exchanged and applied. */
  advance(): void {
    const { numSteps, syncWithDataloader } = this.accumulation;
    if (syncWithDataloader && this.endOfDataloader) {
      this.step = 0;
      this.syncGradients = true;
    } else {
      this.step += 1;
      this.syncGradients = this.step % numSteps === 0;
    }
  }

  begin(loader: LoaderState): void {
    // The first scope takes what a stream makes before the first batch.
    this.#passes.push({ loader, step: new StepScope() });
  }

  beginStep(loader: LoaderState, samples: number): void {
    this.samplesSeen += samples;
    const pass = this.#passes.findLast((candidate) => candidate.loader === loader);
    if (!pass) return;
    this.#abandonInside(pass);
    pass.step.close();
    pass.step = new StepScope();
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
