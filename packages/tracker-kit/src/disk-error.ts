import { TrackerUnreachableError } from "@acc/core/tracker";
import { messageOf } from "./error-message.ts";

/** Errors of the file system that can pass: a full disk, a quota, a file system that is read-only for a while. */
const PASSING = new Set([
  ...["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "EACCES", "EPERM"],
  ...["EMFILE", "ENFILE", "ENOMEM", "EBUSY", "ENOTDIR", "ESTALE"],
]);

/** Whether an error is one of the file system that can pass. */
function isPassingDiskError(error: unknown): boolean {
  return error instanceof Error && PASSING.has((error as NodeJS.ErrnoException).code ?? "");
}

/**
 * What `write` returns. The files are not the events' fault: while they cannot be written, the events wait.
 *
 * @param what the files, such as `"The files of DVCLive"`.
 * @param advice what the user can do, if it is more than to free the disk.
 * @throws {TrackerUnreachableError} in place of an error of the file system that can pass; every other error as it is.
 */
export async function whenWritable<T>(
  what: string,
  write: () => Promise<T>,
  advice?: string,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw waiting(what, error, advice);
  }
}

/** As `whenWritable`, for a `write` that is done when it returns. */
export function whenWritableSync<T>(what: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw waiting(what, error);
  }
}

/** The error that keeps the events waiting, if that helps. */
function waiting(what: string, error: unknown, advice?: string): unknown {
  if (!isPassingDiskError(error)) return error;
  const message = `${what} cannot be written: ${messageOf(error)}${advice ? `; ${advice}` : ""}`;
  return new TrackerUnreachableError(message, { cause: error });
}
