import { constants } from "node:fs";
import { cp, lstat, mkdir, readdir, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { messageOf } from "../../errors.ts";
import { COPIES_FOLDER, keptFiles } from "../../journal/run-folder.ts";
import type { ArtifactData } from "../../tracker-contract/log-value.ts";
import type { TrackerEvent } from "../../tracker-contract/tracker-event.ts";

type ArtifactEvent = TrackerEvent & { readonly type: "artifact" };

/** Copies of artifacts in the run's folder, made one after the other, while everything else goes on. */
export class ArtifactCopies {
  readonly #runFolder: string;
  readonly #warn: (message: string) => void;
  #next = 0;
  #making: Promise<void> | undefined;

  constructor(runFolder: string, warn: (message: string) => void) {
    this.#runFolder = runFolder;
    this.#warn = warn;
  }

  /** In a run that goes on. @param known a number above those that its journal names. */
  async resume(known: number): Promise<void> {
    this.#next = Math.max(known, await nextCopy(this.#runFolder));
  }

  /** Appends an artifact once its copy is made, if one is wanted and can be made. */
  append(event: ArtifactEvent, isCopied: boolean, append: (event: TrackerEvent) => void): void {
    const making = (this.#making ?? Promise.resolve())
      .then(async () => append(isCopied ? await this.#copied(event) : event))
      .then(() => {
        if (this.#making === making) this.#making = undefined;
      });
    this.#making = making;
  }

  /** Resolves once everything is appended. */
  async settled(): Promise<void> {
    await this.#making;
  }

  async #copied(event: ArtifactEvent): Promise<TrackerEvent> {
    try {
      const artifact = await copyArtifact(event.artifact, this.#runFolder, this.#next++);
      return { ...event, artifact };
    } catch (error) {
      this.#warn(
        `No copy of ${event.artifact.path} could be kept in ${this.#runFolder} (${messageOf(error)}): do not change ` +
          "the file until the run has ended.",
      );
      return event;
    }
  }
}

/** A number above those of all copies: a killed process may have made some that its journal does not name. */
async function nextCopy(runFolder: string): Promise<number> {
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
async function copyArtifact(
  artifact: ArtifactData,
  runFolder: string,
  number: number,
): Promise<ArtifactData> {
  const folder = join(keptFiles(runFolder, COPIES_FOLDER), String(number));
  await mkdir(folder, { recursive: true });
  const copy = join(folder, basename(artifact.path));
  await cp(artifact.path, copy, {
    ...{ recursive: true, mode: constants.COPYFILE_FICLONE }, // copy-on-write where the file system supports it
    // A copied link would lead out of the run's folder, where nothing is read: its file is copied.
    dereference: true,
    filter: (path) => path === artifact.path || isNoLinkToFolder(path),
  });
  return { ...artifact, path: relative(runFolder, copy), source: artifact.path };
}

/** Links to folders may lead in a circle, or to the whole disk. */
async function isNoLinkToFolder(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSymbolicLink()) return true;
  const target = await stat(path).catch(() => undefined); // it leads nowhere
  return target?.isFile() ?? false;
}
