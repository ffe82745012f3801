import { constants } from "node:fs";
import { cp, mkdir, readdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { COPIES_FOLDER, keptFiles } from "../../journal/run-folder.ts";
import type { ArtifactData } from "../../tracker-contract/log-value.ts";

/** A number above those of all copies: a killed process may have made some that its journal does not name. */
export async function nextCopy(runFolder: string): Promise<number> {
  const names = await readdir(keptFiles(runFolder, COPIES_FOLDER)).catch(() => []);
  return Math.max(0, ...names.map((name) => Number(name) + 1).filter(Number.isSafeInteger));
}

/**
 * Copies a file or folder into the run's folder: the user may change the original, and `acc sync` may run elsewhere.
 *
 * @param number unique within the run.
 * @returns the artifact with the path of the copy, relative to the run's folder.
 * @throws {Error} of the file system.
 */
export async function stageArtifact(
  artifact: ArtifactData,
  runFolder: string,
  number: number,
): Promise<ArtifactData> {
  const folder = join(keptFiles(runFolder, COPIES_FOLDER), String(number));
  await mkdir(folder, { recursive: true });
  const copy = join(folder, basename(artifact.path));
  // Copy-on-write where the file system supports it.
  await cp(artifact.path, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return { ...artifact, path: relative(runFolder, copy), source: artifact.path };
}
