/** What decides how the next event is recorded; plain JSON, saved with what was delivered. */
export type RecordingState = {
  /** The first messages, such as the name, have been recorded. */
  readonly isOpened: boolean;
  /** Comet's step and epoch stay until another is given. */
  readonly step: number | null;
  readonly epoch: number | null;
  readonly hasNestedParameters: boolean;
  readonly figures: number;
  /** When the last value was logged, in milliseconds since 1970. */
  readonly lastMs: number;
};

export const EMPTY_RECORDING: RecordingState = {
  isOpened: false,
  step: null,
  epoch: null,
  hasNestedParameters: false,
  figures: 0,
  lastMs: 0,
};
