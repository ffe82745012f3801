import { createReadStream } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";

/** What is compressed already, or changes nothing by it. */
const STORED = /\.(png|jpe?g|zip|gz|npz|mp4|bin|safetensors)$/i;

/**
 * Writes the files below a folder to a zip file, under their paths within the folder. The zip file appears whole.
 *
 * @param keep says by its path whether a file is taken.
 */
export async function zipFolder(
  folder: string,
  target: string,
  keep: (path: string) => boolean = () => true,
): Promise<void> {
  const temporary = `${target}.${process.pid}.tmp`;
  const file = await open(temporary, "w");
  try {
    let pending: Uint8Array[] = [];
    let failure: Error | undefined;
    const archive = new Zip((error, chunk) => {
      if (error) failure = error;
      else pending.push(chunk);
    });
    const flush = async () => {
      const chunks = pending;
      pending = [];
      for (const chunk of chunks) await file.write(chunk);
      if (failure) throw failure;
    };
    for (const path of (await filesBelow(folder)).filter(keep)) {
      const entry = STORED.test(path) ? new ZipPassThrough(path) : new ZipDeflate(path);
      archive.add(entry);
      for await (const chunk of createReadStream(join(folder, path), { highWaterMark: 2 ** 18 })) {
        entry.push(chunk as Uint8Array);
        await flush();
      }
      entry.push(new Uint8Array(0), true);
    }
    archive.end();
    await flush();
    await file.sync();
    await file.close();
    await rename(temporary, target);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Paths with `/`, in a stable order. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}
