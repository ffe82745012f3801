import { AcceleratorError, messageOf } from "../../errors.ts";

const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

const FORBIDDEN = " This user may not do that there: change the rights, or choose another folder.";
/** What to do, by the code of the error. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: " The disk cannot be written: choose a folder on another one.",
  ENOTDIR: " A part of the path is a file: choose another folder.",
};

/** The code of an error of the file system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

/**
 * What a failed write is for the caller: no space, or another fault. Our own errors stay as they are.
 *
 * @param state a sentence that says what is on the disk now.
 */
export function writeError(
  path: string,
  error: unknown,
  state = "What was there before is unchanged.",
): AcceleratorError {
  if (error instanceof AcceleratorError) return error;
  const isFull = FULL.has(codeOf(error) ?? "");
  const fault = isFull ? `the disk is full (${messageOf(error)})` : messageOf(error);
  const advice = isFull ? " Free some space, or keep fewer checkpoints." : adviceOn(error);
  return new AcceleratorError(
    isFull ? "CHECKPOINT_NO_SPACE" : "CHECKPOINT_FAILED",
    `${path} could not be written: ${fault}. ${state}${advice}`,
    { cause: error },
  );
}

function adviceOn(error: unknown): string {
  return ADVICE[codeOf(error) ?? ""] ?? "";
}

/** A write that failed after the new content had got its name. */
export function unconfirmedError(path: string, error: unknown): AcceleratorError {
  const state =
    "The new one is complete and has its name, and what was there before is replaced; but a loss of power may undo it.";
  return writeError(path, error, state);
}

/** What a failed read is for the caller. Our own errors stay as they are. */
export function readError(path: string, error: unknown): AcceleratorError {
  if (error instanceof AcceleratorError) return error;
  if (codeOf(error) === "ENOENT") {
    return new AcceleratorError("CHECKPOINT_MISSING", `${path} does not exist.`, { cause: error });
  }
  return new AcceleratorError(
    "CHECKPOINT_FAILED",
    `${path} could not be read: ${messageOf(error)}.${adviceOn(error)}`,
    { cause: error },
  );
}

/** @param fault a clause that follows the path, such as `is truncated`. */
export function damaged(path: string, fault: string, cause?: unknown): AcceleratorError {
  return new AcceleratorError(
    "CHECKPOINT_DAMAGED",
    `${path} ${fault}. Use another checkpoint, or a copy of this one.`,
    { cause },
  );
}
