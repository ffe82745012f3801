/** State of one progress bar. */
export type ProgressState = {
  /** Distinguishes the bars of a run. */
  readonly id: string;
  readonly description: string;
  readonly current: number;
  /** Undefined if the length is unknown. */
  readonly total: number | undefined;
  readonly elapsedMs: number;
  /** Items per second: of late while the loop runs, on average when it is done. 0 if it is not known. */
  readonly rate: number;
  /** Text after the bar, such as `loss 0.12`. */
  readonly postfix: string;
  readonly done: boolean;
  /** Whether the last state stays on the screen. */
  readonly leave: boolean;
};
