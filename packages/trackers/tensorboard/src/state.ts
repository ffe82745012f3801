/**
 * Values that determine how the next event is recorded. They are not saved: a later program gives its first step as
 * `resumeStep`.
 */
export type RecordingState = {
  /** Step of an event without one. */
  nextStep: number;
  /** Whether the run itself has hparams. */
  hasHparams: boolean;
};
