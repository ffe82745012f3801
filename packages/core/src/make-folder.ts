import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those around it, unless they are there. `recursive` of Node.js 20 never returns where folders cannot be made
 * at all, such as in `/proc`.
 *
 * @throws {Error} of the file system.
 */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const isParentMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isParentMissing || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch(async (second: unknown) => {
      if (!(await isFolder(path))) throw second; // otherwise somebody else has made it meanwhile
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
