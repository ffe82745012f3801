import { mkdir, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AcceleratorError } from "../../errors.ts";
import { type CheckpointLock, lockTarget } from "./checkpoint-lock.ts";
import { iterationOf, LATEST, LITTER, litterName, namesIn } from "./checkpoint-names.ts";
import { unconfirmedError, writeError } from "./file-errors.ts";
import { flushFolder, freeBytes, removeAll, renameWhenFree } from "./folder-operations.ts";
import { Lanes } from "./lanes.ts";
import { writeLatest } from "./latest.ts";
import { cleanTarget, completeReplacement, exists } from "./litter.ts";
import {
  isFileName,
  MANIFEST,
  type Manifest,
  type ManifestFacts,
  type ManifestFile,
  makeManifest,
  manifestToText,
} from "./manifest.ts";
import { type CheckpointFile, type PreparedFile, prepareFile } from "./prepare-file.ts";
import { readManifest } from "./read-manifest.ts";
import { writeUnflushed } from "./write-pieces.ts";

/** Free space is needed for so much more than the files: folders, and what others write meanwhile. */
const SPACE_FACTOR = 1.1;
/** The script needs threads of Node.js too: there are four, and one writes. */
const FLUSHES_AT_ONCE = 2;

export type WriteOptions = {
  /** Whether to wait until the disk has everything, so that it survives a loss of power. Default true. */
  readonly isDurable?: boolean;
  /** Replaces a checkpoint that is at the target. Default false: it is an error. */
  readonly isReplacing?: boolean;
  /** The lock of the folder, if the caller has it. Default: it is taken while writing. */
  readonly lock?: CheckpointLock | undefined;
  /** Told about what did not go well, but is no reason to fail. */
  readonly warn?: (message: string) => void;
};

/**
 * Writes a checkpoint: a folder that is complete as soon as it has its name. A process that is killed at any moment, or a
 * disk that is full, leaves what was there before.
 *
 * @param target the folder, such as `checkpoints/checkpoint_7`.
 * @returns the manifest, which is in the folder too.
 * @throws {AcceleratorError} `CHECKPOINT_NO_SPACE`, `CHECKPOINT_BUSY` if another process writes there,
 * `CHECKPOINT_FAILED`; `VALUE_INVALID` for something that cannot be stored.
 */
export async function writeCheckpoint(
  target: string,
  files: readonly CheckpointFile[],
  facts: ManifestFacts,
  options: WriteOptions = {},
): Promise<Manifest> {
  const folder = await realpath(target).catch(() => resolve(target)); // a link stays one
  const prepared = files.map(prepareFile);
  requireNames(folder, prepared);
  const draft = makeManifest(facts);
  manifestToText({ ...draft, files: [] }); // throws before anything is touched
  const lock = options.lock ?? (await lockTarget(folder));
  try {
    await cleanTarget(folder);
    await requireFreePlace(folder, options.isReplacing === true);
    await requireSpace(folder, prepared);
    return await writeFolder(folder, prepared, draft, options);
  } catch (error) {
    throw writeError(folder, error);
  } finally {
    if (!options.lock) await lock.release();
  }
}

async function writeFolder(
  folder: string,
  prepared: readonly PreparedFile[],
  draft: Omit<Manifest, "files">,
  options: WriteOptions,
): Promise<Manifest> {
  const { isDurable = true } = options;
  const temporary = join(dirname(folder), litterName(LITTER.temporary, folder));
  try {
    await mkdir(temporary);
    const manifest = await writeFiles(temporary, prepared, draft, isDurable);
    await takePlace(temporary, folder, manifest.id);
    await confirm(folder, options);
    return manifest;
  } catch (error) {
    await removeAll(temporary).catch(() => {}); // the first error is the one to report; the next writer cleans
    throw error;
  }
}

/** The files one after the other, and the manifest last; the disk has them all when it returns. */
async function writeFiles(
  temporary: string,
  prepared: readonly PreparedFile[],
  draft: Omit<Manifest, "files">,
  isDurable: boolean,
): Promise<Manifest> {
  const flushes = new Lanes(FLUSHES_AT_ONCE);
  const write = async (path: string, parts: Iterable<Uint8Array>): Promise<ManifestFile> => {
    const { written, finish } = await writeUnflushed(join(temporary, path), parts, isDurable);
    flushes.add(finish);
    return { path, ...written };
  };
  try {
    const files: ManifestFile[] = [];
    for (const { path, parts } of prepared) files.push(await write(path, parts()));
    const manifest = { ...draft, files };
    await write(MANIFEST, [Buffer.from(manifestToText(manifest))]);
    if (isDurable) flushes.add(() => flushFolder(temporary));
    await flushes.end();
    return manifest;
  } catch (error) {
    await flushes.end().catch(() => {}); // the first error is the one to report
    throw error;
  }
}

/** The new folder has its name: whatever fails now does not change that. */
async function confirm(
  folder: string,
  { isDurable = true, warn = () => {} }: WriteOptions,
): Promise<void> {
  const parent = dirname(folder);
  if (iterationOf(folder) !== undefined) {
    // Only a hint: a reader looks at the folders.
    await writeLatest(folder).catch((error) => warn(latestError(folder, error).message));
  }
  if (!isDurable) return;
  await flushFolder(parent).catch((error) => {
    throw unconfirmedError(folder, error);
  });
}

function latestError(folder: string, error: unknown): AcceleratorError {
  return writeError(join(dirname(folder), LATEST), error, `${folder} is complete.`);
}

function requireNames(folder: string, prepared: readonly PreparedFile[]): void {
  const paths = prepared.map(({ path }) => path);
  const fault = paths.find((path, index) => !isFileName(path) || paths.indexOf(path) !== index);
  if (fault === undefined) return;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `${folder}: ${JSON.stringify(fault)} is no name for a file of a checkpoint, or there twice. Use letters, digits and _, and end ` +
      `with .safetensors or .json; ${MANIFEST} is taken.`,
  );
}

/** What is no checkpoint is not ours to replace. */
async function requireFreePlace(folder: string, isReplacing: boolean): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0 || (isReplacing && names.includes(MANIFEST))) return;
  throw new AcceleratorError(
    "CHECKPOINT_FAILED",
    names.includes(MANIFEST)
      ? `${folder} has a checkpoint already. Name another folder, or replace it.`
      : `${folder} has files, but is no checkpoint, so it is not replaced. Name a folder that does not exist.`,
  );
}

async function requireSpace(folder: string, prepared: readonly PreparedFile[]): Promise<void> {
  const free = await freeBytes(dirname(folder));
  const needed = Math.ceil(SPACE_FACTOR * prepared.reduce((sum, { size }) => sum + size, 0));
  if (free === undefined || free >= needed) return;
  throw new AcceleratorError(
    "CHECKPOINT_NO_SPACE",
    `${folder} needs ${needed} bytes, and the disk has ${free}. Nothing was changed. Free some space, or keep fewer checkpoints.`,
  );
}

/** A file system on a network may answer that the folder is gone, although it has renamed it. */
async function moveTo(temporary: string, folder: string, id: string): Promise<void> {
  try {
    await renameWhenFree(temporary, folder);
  } catch (error) {
    const found = await readManifest(folder).catch(() => undefined);
    if (found?.id !== id) throw error;
  }
}

/** Takes the place of what is there: it is complete, under one name or the other, at every moment. */
async function takePlace(temporary: string, folder: string, id: string): Promise<void> {
  if (!(await exists(folder))) return await moveTo(temporary, folder, id);
  const previous = join(dirname(folder), litterName(LITTER.previous, folder));
  await renameWhenFree(folder, previous);
  try {
    await moveTo(temporary, folder, id);
  } catch (error) {
    await renameWhenFree(previous, folder);
    throw error;
  }
  await completeReplacement(previous, folder).catch((error) => {
    throw unconfirmedError(folder, error);
  });
}
