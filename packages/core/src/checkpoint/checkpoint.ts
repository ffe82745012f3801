/** A checkpoint of this run. */
export type Checkpoint = {
  /** Its folder. */
  readonly path: string;
  /** The number in the name of the folder; undefined for a folder that the caller named. */
  readonly iteration: number | undefined;
  /**
   * Resolves once it is complete on the disk; rejects with `CHECKPOINT_…` if it could not be written, and then nothing of
   * it is left. It may be ignored: a failure is also a warning.
   */
  readonly written: Promise<void>;
};

/** What a checkpoint on the disk says of itself. */
export type CheckpointSummary = {
  readonly path: string;
  readonly iteration: number;
  /** Optimizer steps. */
  readonly steps: number;
  readonly epoch: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
};

/** The same where `written` is made when it is asked for. */
export class LazyCheckpoint implements Checkpoint {
  readonly path: string;
  readonly iteration: number | undefined;
  readonly #wait: () => Promise<void>;
  #written: Promise<void> | undefined;

  constructor(path: string, iteration: number | undefined, wait: () => Promise<void>) {
    this.path = path;
    this.iteration = iteration;
    this.#wait = wait;
  }

  get written(): Promise<void> {
    this.#written ??= this.#wait();
    return this.#written;
  }
}
