import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** The file or folder of an artifact, as files. */
export type FileBelow = {
  readonly path: string;
  /** Path within the folder, with `/`; empty if the artifact is one file. */
  readonly name: string;
};

/** All files of a folder, sorted by the code units of their names; for a file, the file itself. */
export async function filesBelow(path: string): Promise<FileBelow[]> {
  if (!(await stat(path)).isDirectory()) return [{ path, name: "" }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: file, name: relative(path, file).split(sep).join("/") }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
