import { renameSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Replaces a file in one step, so that a reader finds the old content or the new one, and a crash leaves no half file.
 * Makes its folder. The file must have one writer at a time: the temporary name is always the same, so a later process
 * overwrites what a crash left. Core has its own functions for this: writing files is not part of its public interface.
 *
 * @param write writes the content to the temporary path.
 */
export async function replaceFileBy(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error counts
    throw error;
  }
}

/** Replaces a file by this content, see `replaceFileBy`. */
export function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  return replaceFileBy(path, (temporary) => writeFile(temporary, content));
}

/** Replaces a file by a copy of another, see `replaceFileBy`. */
export function replaceFileByCopy(path: string, source: string): Promise<void> {
  return replaceFileBy(path, (temporary) => copyFile(source, temporary));
}

/** As `replaceFile`, for a small file in a folder that exists, which several processes may write. */
export function replaceFileSync(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
