import { createReadStream } from "node:fs";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AcceleratorError } from "@acc/core";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";

/** The format without extensions ends here, in bytes; some room for its lists. */
const MAX_SIZE = 2 ** 32 - 2 ** 24;
/** What is compressed already, or changes nothing by it. */
const STORED = /\.(png|jpe?g|zip|gz|npz|mp4|bin|safetensors)$/i;

/**
 * Writes the files below a folder to a zip file, under their paths within the folder. The zip file appears whole.
 *
 * @param keep says by its path whether a file is taken.
 * @throws {AcceleratorError} `VALUE_INVALID` for more than 4 GB.
 */
export async function zipFolder(
  folder: string,
  target: string,
  keep: (path: string) => boolean = () => true,
): Promise<void> {
  const paths = (await filesBelow(folder)).filter(keep);
  await requireSize(folder, paths);
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
    for (const path of paths) {
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

async function requireSize(folder: string, paths: readonly string[]): Promise<void> {
  let size = 0;
  for (const path of paths) size += (await stat(join(folder, path))).size;
  if (size <= MAX_SIZE) return;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `${folder} holds ${size} bytes, and a zip file holds 4 GB. An offline session can be imported as a folder; give ` +
      "the files of an artifact one by one.",
  );
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
