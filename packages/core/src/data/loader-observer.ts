/** The state of a prepared loader in the pass in progress. */
export interface LoaderState {
  /** True exactly while the caller works on the last batch of a pass. */
  readonly endOfDataloader: boolean;
  /** Real samples in the last global batch; 0 if it is full; -1 if unknown (`dropLast`). */
  readonly remainder: number;
}

/**
 * Told of every stage of an iteration, so that step scopes, gradient tapes and accumulation follow the
 * loop. The loader calls `end` in every case: exhaustion, `break`, and a throw in the loop body.
 */
export interface LoaderObserver {
  /** Backward passes that have run so far. */
  readonly backwards: number;
  /** Whether a loop over this loader runs inside a loop over another one. */
  isInner(loader: LoaderState): boolean;
  /** A pass starts: `loader` becomes the active one until its `end`. */
  begin(loader: LoaderState): void;
  /** The next batch is asked for: the previous step is over. */
  endStep(loader: LoaderState): void;
  /** The step is over and the next one has not begun: what is to happen between them. All ranks are at the same place. */
  betweenSteps?(loader: LoaderState): Promise<unknown> | undefined;
  /** The next batch, `samples` over all replicas, is about to be made. */
  beginStep(loader: LoaderState, samples: number): void;
  /** The pass is over. Also ends passes that began inside this one and were abandoned. */
  end(loader: LoaderState): void;
}
