import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";

export type ZipEntry = {
  readonly name: string;
  /** The content, or the path of a file with it. */
  readonly content: Uint8Array | { readonly path: string };
  /** Only text gets smaller; images and models are stored as they are. */
  readonly isText: boolean;
};

/** What a ZIP file without the 64-bit extension can hold, less room for its directory. */
export const MAX_ZIP_BYTES: number = 0xffff_ffff - 16 * 2 ** 20;

/** Writes a ZIP file piece by piece; it appears under its name once it is whole and on the disk. */
export async function writeZip(path: string, entries: readonly ZipEntry[]): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, "w");
  try {
    let ready: Uint8Array[] = [];
    let failure: Error | null = null;
    const zip = new Zip((error, data) => {
      failure ??= error;
      if (data) ready.push(data);
    });
    const flush = async () => {
      const chunks = ready;
      ready = [];
      for (const chunk of chunks) await file.write(chunk);
      if (failure) throw failure;
    };
    for (const { name, content, isText } of entries) {
      const entry = isText ? new ZipDeflate(name) : new ZipPassThrough(name);
      zip.add(entry);
      for await (const chunk of chunksOf(content)) {
        entry.push(chunk);
        await flush();
      }
      entry.push(new Uint8Array(), true);
    }
    zip.end();
    await flush();
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

function chunksOf(content: ZipEntry["content"]): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return content instanceof Uint8Array ? [content] : createReadStream(content.path);
}
