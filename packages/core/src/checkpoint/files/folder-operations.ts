import { open, rename, rm, statfs } from "node:fs/promises";
import { platform } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { codeOf } from "./file-errors.ts";

const IS_WINDOWS = platform() === "win32";
/** Folders that some file systems cannot flush: Windows, and some on a network. */
const NO_FLUSH: ReadonlySet<string> = new Set(["EINVAL", "ENOTSUP", "EPERM", "EISDIR", "EBADF"]);
/** On Windows a scanner of viruses holds a new file for a while. */
const HELD: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EBUSY"]);
const HELD_LIMIT_MS = 10_000;

/** Waits until the disk has the names in a folder, where the file system can. */
export async function flushFolder(folder: string): Promise<void> {
  if (IS_WINDOWS) return;
  try {
    const file = await open(folder, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!NO_FLUSH.has(codeOf(error) ?? "")) throw error;
  }
}

/** `rename`, which waits on Windows while another program holds the file. */
export async function renameWhenFree(from: string, to: string): Promise<void> {
  const started = Date.now();
  for (let wait = 10; ; wait = Math.min(2 * wait, 1000)) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const isHeld = IS_WINDOWS && HELD.has(codeOf(error) ?? "");
      if (!isHeld || Date.now() - started > HELD_LIMIT_MS) throw error;
      await pause(wait);
    }
  }
}

/** Removes a folder or file with everything in it. */
export async function removeAll(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: IS_WINDOWS ? 10 : 0 });
}

/** Bytes that this user may still write to the disk of a folder; undefined where the file system does not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return blocks === 0 ? undefined : bavail * bsize;
}
