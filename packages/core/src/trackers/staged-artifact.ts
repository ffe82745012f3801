import { constants } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { keptFiles } from "../journal/run-folder.ts";
import type { ArtifactData } from "./log-value.ts";

/** Folder of copies within a run's folder. */
const COPIES = "artifacts";

/**
 * Copies a file or folder into the run's folder: the user may change theirs, and `acc sync` may run elsewhere.
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
  const folder = join(keptFiles(runFolder, COPIES), String(number));
  await mkdir(folder, { recursive: true });
  const copy = join(folder, basename(artifact.path));
  // Where the file system can, both share their blocks until one is changed.
  await cp(artifact.path, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return { ...artifact, path: relative(runFolder, copy), source: artifact.path };
}
