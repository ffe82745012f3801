/** State of one progress bar. */
export type ProgressState = {
  /** Distinguishes the bars of a run. */
  readonly id: string;
  readonly description: string;
  readonly current: number;
  /** Undefined if the length is unknown. */
  readonly total: number | undefined;
  readonly elapsedMs: number;
  /** Text after the bar, such as `loss 0.12`. */
  readonly postfix: string;
  readonly done: boolean;
};
