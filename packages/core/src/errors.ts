/** Stable names of everything that can go wrong. Callers and tests match on these, never on text. */
export type ErrorCode =
  | "BACKEND_UNAVAILABLE"
  | "BATCH_SIZE_INVALID"
  | "BATCH_SIZE_NOT_FOUND"
  | "CHECKPOINT_BUSY"
  | "CHECKPOINT_DAMAGED"
  | "CHECKPOINT_DATA_CHANGED"
  | "CHECKPOINT_FAILED"
  | "CHECKPOINT_MID_STEP"
  | "CHECKPOINT_MISSING"
  | "CHECKPOINT_MODEL_MISMATCH"
  | "CHECKPOINT_NO_SPACE"
  | "CHECKPOINT_TOO_NEW"
  | "COLLECTIVE_ABORTED"
  | "COLLECTIVE_MISMATCH"
  | "COLLECTIVE_RANK_ENDED"
  | "COLLECTIVE_TIMEOUT"
  | "CONFIG_INVALID"
  | "CONFIG_MISSING"
  | "DATA_INVALID"
  | "DIRECTORY_NOT_FOUND"
  | "HOSTS_DIFFER"
  | "INTERRUPTED"
  | "JOURNAL_INVALID"
  | "LAUNCH_IN_PROGRESS"
  | "LOSS_INVALID"
  | "LOSS_UNCONNECTED"
  | "MODEL_FILE_INVALID"
  | "MODEL_INVALID"
  | "MODEL_MISMATCH"
  | "MPI_FAILED"
  | "MPI_UNAVAILABLE"
  | "NUM_PROCESSES_INVALID"
  | "OPTION_INVALID"
  | "PACKAGE_MISSING"
  | "PRECISION_UNSUPPORTED"
  | "PREEMPTED"
  | "PROFILE_FAILED"
  | "REPLICA_FAILED"
  | "REPLICA_HUNG"
  | "REPLICAS_DIFFER"
  | "SAMPLE_INVALID"
  | "SCRIPT_NOT_FOUND"
  | "SCRIPT_INVALID"
  | "SELF_TEST_FAILED"
  | "SHARED_MEMORY_EXHAUSTED"
  | "STATE_INVALID"
  | "TENSOR_DISPOSED"
  | "TRACKER_FAILED"
  | "TRACKER_INVALID"
  | "TRACKER_NEEDS_DIRECTORY"
  | "TRACKER_UNKNOWN"
  | "TRACKERS_CLOSED"
  | "VALUE_INVALID"
  | "VARIABLE_UNPREPARED";

/** The one error class. The message says what was wrong, what was found, and what to do. */
export class AcceleratorError extends Error {
  override readonly name = "AcceleratorError";
  readonly code: ErrorCode;
  /** The replica that failed, where one did. */
  readonly rank: number | undefined;
  /** With which code `acc` ends for it, if not with 1: where a replica failed by ending, the code of its script. */
  readonly exitCode: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options?: ErrorOptions & { rank?: number; exitCode?: number },
  ) {
    super(message, options);
    this.code = code;
    this.rank = options?.rank;
    this.exitCode = options?.exitCode;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
