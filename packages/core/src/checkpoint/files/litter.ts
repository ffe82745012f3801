import { lstat, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type CheckpointLock, lockCheckpoints } from "./checkpoint-lock.ts";
import {
  findLitter,
  iterationOf,
  LATEST,
  LITTER,
  type Litter,
  litterName,
} from "./checkpoint-names.ts";
import { codeOf, writeError } from "./file-errors.ts";
import { flushFolder, removeAll, renameWhenFree } from "./folder-operations.ts";
import { MANIFEST } from "./manifest.ts";
import { readManifest } from "./read-manifest.ts";

/**
 * Removes what killed writers left in a folder of checkpoints, and completes a replacement that one of them had begun.
 * Nothing is done while a living one has the lock.
 *
 * @param held the lock, if the caller has it.
 * @returns how many were dealt with.
 * @throws {AcceleratorError} `CHECKPOINT_FAILED` if the file system refuses.
 */
export async function cleanCheckpoints(folder: string, held?: CheckpointLock): Promise<number> {
  if (!(await findLitter(folder)).some(isOfNumbered)) return 0;
  const lock = held ?? (await lockCheckpoints(folder).catch(() => undefined));
  if (!lock) return 0; // somebody writes: it will clean when it writes the next
  try {
    return await clean(folder, isOfNumbered);
  } catch (error) {
    throw writeError(
      folder,
      error,
      "What killed writers left is still there; the next writer tries again.",
    );
  } finally {
    if (!held) await lock.release();
  }
}

/** The same for one target, by the holder of its lock. */
export async function cleanTarget(target: string): Promise<number> {
  const isOfTarget = (litter: Litter): boolean => litter.target === basename(target);
  const isOwn = iterationOf(target) === undefined ? isOfTarget : isOfNumbered;
  return await clean(dirname(target), isOwn);
}

function isOfNumbered({ target }: Litter): boolean {
  return iterationOf(target) !== undefined || target === LATEST;
}

async function clean(folder: string, isOwn: (litter: Litter) => boolean): Promise<number> {
  const litter = (await findLitter(folder)).filter(isOwn);
  for (const { kind, path, target } of litter) {
    if (kind === LITTER.previous) await completeReplacement(path, join(folder, target));
    else await removeAll(path);
  }
  return litter.length;
}

/**
 * Ends the replacement of a checkpoint: if the new one is at its place, what the user had put into the old folder moves
 * over and the rest is removed; if not, the old one goes back.
 */
export async function completeReplacement(previous: string, target: string): Promise<void> {
  if (!(await exists(target))) {
    await renameWhenFree(previous, target);
    await flushFolder(dirname(target));
    return;
  }
  const own = await readManifest(previous).then(
    ({ files }) => new Set([MANIFEST, ...files.map(({ path }) => path)]),
    () => new Set([MANIFEST]),
  );
  for (const name of await readdir(previous)) {
    const place = join(target, name);
    if (!own.has(name) && !(await exists(place))) await renameWhenFree(join(previous, name), place);
  }
  await discard(previous, target);
}

/** Removes a checkpoint: a half-removed folder never has the name of one. */
export async function discard(folder: string, target: string = folder): Promise<void> {
  const trash = join(dirname(target), litterName(LITTER.trash, target));
  await renameWhenFree(folder, trash);
  await removeAll(trash);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}
