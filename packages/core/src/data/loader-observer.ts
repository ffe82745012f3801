/** What a prepared loader says about the pass in progress. */
export interface LoaderState {
  /** True exactly while the last batch of a pass is in the caller's hands. */
  readonly endOfDataloader: boolean;
  /** Real samples in the last global batch; 0 if it is full; -1 if unknown (`dropLast`). */
  readonly remainder: number;
}

/**
 * Told of every stage of an iteration, so that step scopes, gradient tapes and accumulation follow the
 * loop. The loader calls `end` in every case: exhaustion, `break`, and a throw in the loop body.
 */
export interface LoaderObserver {
  /** A pass starts: `loader` becomes the active one until its `end`. */
  begin(loader: LoaderState): void;
  /** The next batch, `samples` over all replicas, is about to be made: the previous step is over. */
  beginStep(loader: LoaderState, samples: number): void;
  /** The pass is over. Also ends passes that began inside this one and were abandoned. */
  end(loader: LoaderState): void;
}
