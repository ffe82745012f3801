import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../make-folder.ts";

/** Folder of all runs below a logging directory. */
export const RUNS_FOLDER = ".acc";
const JOURNAL = "journal";
/** In the folder of a run: copies of logged files. */
export const COPIES_FOLDER = "artifacts";

export function journalPath(runFolder: string): string {
  return join(runFolder, JOURNAL);
}

/** Folder for files that a tracker, or the run itself, keeps beside the journal. */
export function keptFiles(runFolder: string, owner: string): string {
  return join(runFolder, owner);
}

/** The folder of a new run: `<directory>/.acc/<time>-<id>`; the working directory if there is none. */
export function runFolderPath(
  directory: string | undefined,
  id: string,
  startedMs: number,
): string {
  const time = new Date(startedMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return runFolderNamed(directory, `${time.replace("T", "-")}-${id.slice(0, 8)}`);
}

/** The folder of a run by its name. */
export function runFolderNamed(directory: string | undefined, name: string): string {
  return join(resolve(directory ?? "."), RUNS_FOLDER, name);
}

/** Makes the folder of a run, readable by its owner alone; the folders above it are as the user's others are. */
export async function makeRunFolder(folder: string): Promise<void> {
  await makeFolder(dirname(folder));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // So that a journal is not committed by accident.
  await writeFile(join(dirname(folder), ".gitignore"), "*\n", { flag: "wx" }).catch(() => {});
}
