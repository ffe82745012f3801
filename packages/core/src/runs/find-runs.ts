import type { Dirent, Stats } from "node:fs";
import { open, readdir, stat, statfs } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { messageOf } from "../errors.ts";
import { MAGIC } from "../journal/journal-format.ts";
import { COPIES_FOLDER, journalPath, RUNS_FOLDER } from "../journal/run-folder.ts";

/** The folders of the runs that were found, and what could not be searched. */
export type FoundRuns = {
  /** Absolute paths, in order; a run that several links lead to is there once. */
  readonly folders: readonly string[];
  /** One line for each folder that was not searched although it may have runs. */
  readonly unsearched: readonly string[];
};

/** Folders of tools: large, and nobody trains in them. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", ".git", ".hg", ".svn"]);
/** The search ends here, and says so: below `/` there are millions. */
const MAX_FOLDERS = 200_000;
/** File systems without files, by their number in `statfs`: proc, sysfs, cgroup, cgroup2, devpts, debugfs, tracefs. */
const PSEUDO: ReadonlySet<number> = new Set([
  ...[0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x64626720, 0x74726163],
]);

type Visit = { readonly folder: string; readonly device: number };

/**
 * Finds the runs at and below a directory: at any depth, in hidden folders, and behind symbolic links. Each folder is
 * visited once, so a circle of links ends.
 */
export async function findRuns(directory: string): Promise<FoundRuns> {
  const folders: string[] = [];
  const unsearched: string[] = [];
  const visited = new Set<string>();
  const root = resolve(directory);
  const real: Visit[] = [{ folder: root, device: (await stat(root)).dev }];
  const links: Visit[] = []; // last: a run is shown under its own path where it has one
  for (;;) {
    const visit = real.pop() ?? links.pop();
    if (!visit) return { folders: folders.sort(), unsearched };
    const { folder } = visit;
    try {
      const stats = await stat(folder);
      const key = `${stats.dev}:${stats.ino}`;
      if (!stats.isDirectory() || visited.has(key) || (await isPseudo(visit, stats))) continue;
      if (visited.size === MAX_FOLDERS) {
        unsearched.push(
          `${root} has more than ${MAX_FOLDERS} folders; the search ended in ${folder}. Name a folder nearer to the runs.`,
        );
        return { folders: folders.sort(), unsearched };
      }
      visited.add(key);
      const entries = await readdir(folder, { withFileTypes: true });
      const isRun = await isRunFolder(folder, entries);
      if (isRun) folders.push(folder);
      for (const entry of entries) {
        // A journal among the copies of what a run logged is not a run of its own.
        if (SKIPPED.has(entry.name) || (isRun && entry.name === COPIES_FOLDER)) continue;
        const next = { folder: join(folder, entry.name), device: stats.dev };
        if (entry.isDirectory()) real.push(next);
        else if (entry.isSymbolicLink()) links.push(next);
      }
    } catch (error) {
      // Removed meanwhile, or a link to nothing: there are no runs.
      if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) continue;
      unsearched.push(`${folder} cannot be searched (${messageOf(error)}).`);
    }
  }
}

/** Another program may call a file `journal`; a run whose journal is damaged is still a run. */
async function isRunFolder(folder: string, entries: readonly Dirent[]): Promise<boolean> {
  const names = entries.map(({ name }) => name);
  const path = journalPath(folder);
  if (!names.includes(basename(path))) return false;
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile) return false;
  if (basename(dirname(folder)) === RUNS_FOLDER) return true;
  return names.some((name) => name.endsWith(".cursor.json")) || (await hasMagic(path));
}

async function hasMagic(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return bytesRead === MAGIC.length && buffer.equals(MAGIC);
  } finally {
    await file.close();
  }
}

async function isPseudo({ folder, device }: Visit, { dev }: Stats): Promise<boolean> {
  return dev !== device && PSEUDO.has((await statfs(folder)).type);
}
