import { join, resolve } from "node:path";
import { AcceleratorError, messageOf } from "../../errors.ts";
import { checkpointName, iterationOf, namesIn } from "./checkpoint-names.ts";
import { readError } from "./file-errors.ts";
import type { Manifest } from "./manifest.ts";
import { readCheckpoint, type StoredCheckpoint } from "./read-checkpoint.ts";
import { readCompleteManifest } from "./read-manifest.ts";
import type { ReadOptions } from "./tensor-file.ts";

/** A folder with the name of a checkpoint. */
export type FoundCheckpoint = {
  /** Absolute path. */
  readonly folder: string;
  readonly iteration: number;
  /** Undefined if it is not complete, or of a newer version. */
  readonly manifest: Manifest | undefined;
  /** Why there is no manifest. */
  readonly fault: AcceleratorError | undefined;
};

/**
 * The checkpoints in a folder, the oldest first. Sizes are compared with the manifest, sums are not. Everything that does
 * not have the name of a checkpoint is passed over; a folder that does not exist has none.
 *
 * @throws {AcceleratorError} `CHECKPOINT_FAILED` if the folder cannot be read.
 */
export async function findCheckpoints(path: string): Promise<FoundCheckpoint[]> {
  const folder = resolve(path);
  const found: FoundCheckpoint[] = [];
  for (const iteration of await iterationsIn(folder)) {
    const checkpoint = { folder: join(folder, checkpointName(iteration)), iteration };
    try {
      const manifest = await readCompleteManifest(checkpoint.folder);
      found.push({ ...checkpoint, manifest, fault: undefined });
    } catch (error) {
      const fault = readError(checkpoint.folder, error);
      // Removed since the folder was listed.
      if (fault.code === "CHECKPOINT_MISSING") continue;
      found.push({ ...checkpoint, manifest: undefined, fault });
    }
  }
  return found;
}

/** The path for the next checkpoint in a folder: no number is used twice. */
export async function nextCheckpoint(
  path: string,
): Promise<{ readonly folder: string; readonly iteration: number }> {
  const iterations = await iterationsIn(resolve(path));
  const iteration = (iterations.at(-1) ?? -1) + 1;
  return { folder: join(resolve(path), checkpointName(iteration)), iteration };
}

/**
 * Reads the newest complete checkpoint in a folder; damaged ones are passed over.
 *
 * @param warn told about each one that is passed over.
 * @returns undefined if there is no checkpoint at all.
 * @throws {AcceleratorError} `CHECKPOINT_DAMAGED` if none of those that are there is complete; `CHECKPOINT_TOO_NEW` for the
 * newest one; `CHECKPOINT_FAILED`.
 */
export async function newestCheckpoint(
  path: string,
  warn: (message: string) => void,
  options: ReadOptions = {},
): Promise<StoredCheckpoint | undefined> {
  let last: unknown;
  for (const iteration of (await iterationsIn(resolve(path))).reverse()) {
    const folder = join(resolve(path), checkpointName(iteration));
    try {
      return await readCheckpoint(folder, options);
    } catch (error) {
      const code = error instanceof AcceleratorError ? error.code : undefined;
      if (code === "CHECKPOINT_MISSING") continue; // removed since the folder was listed
      if (code !== "CHECKPOINT_DAMAGED") throw error;
      warn(`${messageOf(error)} It is passed over.`);
      last = error;
    }
  }
  if (last !== undefined) throw last;
  return undefined;
}

/** In order. */
async function iterationsIn(folder: string): Promise<number[]> {
  const names = await namesIn(folder).catch((error) => {
    throw readError(folder, error);
  });
  const iterations = names.map(iterationOf).filter((iteration) => iteration !== undefined);
  return iterations.sort((a, b) => a - b);
}
