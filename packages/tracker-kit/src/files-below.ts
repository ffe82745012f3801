import { readdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";

/** The file or folder of an artifact, as files. */
export type FileBelow = {
  readonly path: string;
  /** Path within the folder, with `/`; empty if the artifact is one file. */
  readonly name: string;
};

/** All files of a folder, sorted by the code units of their names; for a file, the file itself. */
export async function filesBelow(path: string): Promise<FileBelow[]> {
  if (!(await stat(path)).isDirectory()) return [{ path, name: "" }];
  return pathsBelow(path).map((name) => ({ path: join(path, name), name }));
}

/**
 * The paths of all files within a folder, with `/`, sorted by their code units. Links are left out: they may lead in a circle, in
 * which the recursive reading of Node.js never ends.
 */
export function pathsBelow(folder: string): string[] {
  const paths: string[] = [];
  const folders = [""];
  for (let inner = folders.pop(); inner !== undefined; inner = folders.pop()) {
    for (const entry of readdirSync(join(folder, inner), { withFileTypes: true })) {
      const path = inner + entry.name;
      if (entry.isDirectory()) folders.push(`${path}/`);
      else if (entry.isFile()) paths.push(path);
    }
  }
  return paths.sort();
}
