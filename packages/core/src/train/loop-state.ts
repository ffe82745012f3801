import type { LoaderState } from "../data/loader-observer.ts";
import { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import type { GradientState } from "./gradient-state.ts";

/**
 * Where the loops of an accelerator are, to be read: which loader is active, and whether gradients are exchanged now.
 * A loop makes its loader active; when it ends, also by `break` or an error, the loader of the loop around it is active
 * again.
 */
export class LoopState {
  readonly #state: GradientState;

  constructor(state: GradientState) {
    this.#state = state;
  }

  /** The loader of the innermost loop; undefined outside of loops. */
  get activeDataloader(): PreparedDataLoader<unknown> | undefined {
    return this.dataloaders.at(-1);
  }

  /** The loaders of all loops that run now, the outermost first. */
  get dataloaders(): PreparedDataLoader<unknown>[] {
    return this.#state.loaders.filter(isPrepared);
  }

  get inDataloader(): boolean {
    return this.activeDataloader !== undefined;
  }

  /** Whether the active loader has given its last batch; false outside of loops. */
  get endOfDataloader(): boolean {
    return this.#state.endOfDataloader;
  }

  /** Real samples in the last step of the active loader; 0 if it is full, -1 if unknown or outside of loops. */
  get remainder(): number {
    return this.#state.remainder;
  }

  /**
   * Of the batch of the active loader: its samples on this rank, undefined if the dataset gives whole batches, and how many of them
   * are real. Undefined outside of loops.
   *
   * @internal
   */
  get batchRows(): { readonly count: number | undefined; readonly valid: number } | undefined {
    const { activeDataloader: active } = this;
    const rows = active?.batchRows;
    return rows && active?.loader.options.batchSize === null ? { ...rows, count: undefined } : rows;
  }

  /** Whether the current micro-batch ends an accumulation window. */
  get syncGradients(): boolean {
    return this.#state.syncGradients;
  }

  /** Backward passes per optimizer step. */
  get numSteps(): number {
    return this.#state.accumulation.numSteps;
  }

  /** Whether a window also ends at the last batch of a loader. */
  get syncWithDataloader(): boolean {
    return this.#state.accumulation.syncWithDataloader;
  }

  /** Whether gradients are exchanged at every backward. */
  get syncEachBatch(): boolean {
    return this.#state.accumulation.syncEachBatch;
  }
}

function isPrepared(loader: LoaderState): loader is PreparedDataLoader<unknown> {
  return loader instanceof PreparedDataLoader;
}
