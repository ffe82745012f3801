import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** Folder of all recordings below a logging directory. */
export const RUNS_FOLDER = ".acc";
const JOURNAL = "journal";
/** How deep `findRunFolders` looks. */
const MAX_DEPTH = 6;

export function journalPath(runFolder: string): string {
  return join(runFolder, JOURNAL);
}

/** Folder for what a tracker, or the run itself, keeps beside the journal. */
export function keptFiles(runFolder: string, owner: string): string {
  return join(runFolder, owner);
}

/** Where a new recording goes: `<directory>/.acc/<time>-<id>`; the working directory if there is none. */
export function runFolderPath(
  directory: string | undefined,
  id: string,
  startedMs: number,
): string {
  const runs = join(resolve(directory ?? "."), RUNS_FOLDER);
  const time = new Date(startedMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return join(runs, `${time.replace("T", "-")}-${id.slice(0, 8)}`);
}

/** Makes the folder of a recording, readable by its owner alone. */
export async function makeRunFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Nobody commits a journal by accident.
  await writeFile(join(dirname(folder), ".gitignore"), "*\n", { flag: "wx" }).catch(() => {});
}

/** The folders of recordings at or below a directory, oldest first. Looks into no `node_modules`. */
export async function findRunFolders(directory: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (await isFile(journalPath(folder))) {
      found.push(folder);
      return;
    }
    if (depth === MAX_DEPTH) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const isHidden = entry.name.startsWith(".") && entry.name !== RUNS_FOLDER;
      if (entry.isDirectory() && entry.name !== "node_modules" && !isHidden) {
        await visit(join(folder, entry.name), depth + 1);
      }
    }
  };
  await visit(resolve(directory), 0);
  return found.sort();
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
