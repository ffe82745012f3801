import { open, readdir, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { isRunning } from "./is-running.ts";

let files = 0;

/**
 * Writes a file atomically: to a temporary file in the same folder, flushed to the disk, then renamed. Several writers
 * may do so at once. Temporary files of killed writers are removed. (`writeCursor` of `journal` and `replaceFileBy` of
 * `@acc/tracker-kit` have one writer, so they need neither.)
 */
export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await removeAbandoned(path);
  const temporary = `${prefixOf(path)}${process.pid}-${threadId}-${files++}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** With the name of the host: in a shared folder, processes of other hosts cannot be looked up here. */
function prefixOf(path: string): string {
  return `${path}.${hostname()}-`;
}

async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = basename(prefixOf(path));
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(prefix)
      ? /^(\d+)-\d+-\d+\.tmp$/.exec(name.slice(prefix.length))
      : null;
    if (pid && !isRunning(Number(pid[1]))) await rm(join(folder, name), { force: true });
  }
}
