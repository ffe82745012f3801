/** How far a pass has come in the sequence that all ranks share, or in a rank's own. Plain data. */
export type Position = {
  /** Samples behind it, or batches where a batchSampler makes them. */
  readonly consumed: number;
  /** What a stream or a batchSampler needs to go on behind them; undefined if counting is enough. */
  readonly source?: SourceState;
};

/** Of a stream or a batchSampler. */
export type SourceState = {
  /** What its `stateDict()` gave; undefined if it has none. */
  readonly state?: unknown;
  /** That of its iterator at the beginning of the pass, whose samples complete its end. */
  readonly begin?: unknown;
  /** The generator of its random numbers. */
  readonly random?: readonly number[];
  /** Of the batches so far, to see whether the same ones are made again. */
  readonly checksum?: number;
};

export const BEGINNING: Position = { consumed: 0 };
