/** Stable names of everything that can go wrong. Callers and tests match on these, never on text. */
export type ErrorCode =
  | "BACKEND_UNAVAILABLE"
  | "BATCH_SIZE_INVALID"
  | "COLLECTIVE_ABORTED"
  | "COLLECTIVE_MISMATCH"
  | "COLLECTIVE_TIMEOUT"
  | "DATA_INVALID"
  | "INTERRUPTED"
  | "JOURNAL_INVALID"
  | "LAUNCH_IN_PROGRESS"
  | "LOSS_INVALID"
  | "LOSS_UNCONNECTED"
  | "MODEL_INVALID"
  | "MODEL_MISMATCH"
  | "NUM_PROCESSES_INVALID"
  | "OPTION_INVALID"
  | "REPLICA_FAILED"
  | "SAMPLE_INVALID"
  | "SCRIPT_NOT_FOUND"
  | "SCRIPT_INVALID"
  | "STATE_INVALID"
  | "TENSOR_DISPOSED"
  | "TRACKER_FAILED"
  | "TRACKER_INVALID"
  | "TRACKER_NEEDS_DIRECTORY"
  | "TRACKER_UNKNOWN"
  | "TRACKERS_CLOSED"
  | "TYPESCRIPT_UNSUPPORTED"
  | "VALUE_INVALID";

/** The one error class. The message says what was wrong, what was found, and what to do. */
export class AcceleratorError extends Error {
  override readonly name = "AcceleratorError";
  readonly code: ErrorCode;
  /** The replica that failed, where one did. */
  readonly rank: number | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { rank?: number }) {
    super(message, options);
    this.code = code;
    this.rank = options?.rank;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
