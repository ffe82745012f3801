import { basename, dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AcceleratorError, messageOf } from "../../errors.ts";
import { RunLock } from "../../journal/run-lock.ts";
import { makeFolder } from "../../make-folder.ts";
import { iterationOf } from "./checkpoint-names.ts";
import { writeError } from "./file-errors.ts";

/** Somewhat longer than the lock waits for the name of its holder. */
const NAMELESS_LIMIT_MS = 6000;

/** The right to write. Release it at the end. */
export type CheckpointLock = {
  readonly release: () => Promise<void>;
};

/**
 * Takes the lock of a folder of checkpoints. Whoever has it may take all litter there for that of the dead. A killed holder
 * loses it.
 *
 * @throws {AcceleratorError} `CHECKPOINT_BUSY` with the name of the holder; `CHECKPOINT_NO_SPACE`, `CHECKPOINT_FAILED`.
 */
export async function lockCheckpoints(folder: string): Promise<CheckpointLock> {
  return await take(folder, "lock");
}

/** The lock for writing a checkpoint: that of its folder, or one of its own beside a folder with another name. */
export async function lockTarget(target: string): Promise<CheckpointLock> {
  if (iterationOf(target) !== undefined) return await lockCheckpoints(dirname(target));
  return await take(dirname(target), `.${basename(target)}.lock`);
}

async function take(folder: string, name: string): Promise<CheckpointLock> {
  let lock: RunLock | string;
  try {
    await makeFolder(folder);
    lock = await acquire(folder, name);
  } catch (error) {
    if (error instanceof AcceleratorError) throw busy(folder, messageOf(error), error);
    throw writeError(folder, error);
  }
  if (lock instanceof RunLock) return lock;
  throw busy(folder, `${lock} writes checkpoints there. Wait for it, or use another folder.`);
}

/** A writer that was killed while it took the lock has left an empty one. It counts as taken until it is old. */
async function acquire(folder: string, name: string): Promise<RunLock | string> {
  const end = Date.now() + NAMELESS_LIMIT_MS;
  for (;;) {
    const lock = await RunLock.acquire(folder, name);
    const isNameless = typeof lock === "string" && !lock.startsWith("process ");
    if (!isNameless || Date.now() > end) return lock;
    await pause(100);
  }
}

function busy(folder: string, reason: string, cause?: unknown): AcceleratorError {
  return new AcceleratorError("CHECKPOINT_BUSY", `${folder} is in use: ${reason}`, { cause });
}
