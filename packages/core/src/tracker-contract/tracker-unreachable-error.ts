/**
 * Thrown by a tracker when its service cannot accept events now: it cannot be reached, is overloaded, or asks to
 * wait. The same events are delivered again later; any other error counts as a failure of those events.
 */
export class TrackerUnreachableError extends Error {
  override readonly name = "TrackerUnreachableError";
  /** How long the service asks to wait. */
  readonly retryAfterMs: number | undefined;
  /**
   * True if another attempt in this process would fail too, as with a missing key: the events stay in the
   * journal until `acc sync`.
   */
  readonly permanent: boolean;

  constructor(
    message: string,
    options: ErrorOptions & {
      readonly retryAfterMs?: number;
      readonly permanent?: boolean;
    } = {},
  ) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
    this.permanent = options.permanent ?? false;
  }
}
