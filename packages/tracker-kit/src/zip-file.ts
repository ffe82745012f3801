import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { replaceFileBy } from "./replace-file.ts";

export type ZipEntry = {
  readonly name: string;
  /** The content, or the path of a file with it. */
  readonly content: Uint8Array | { readonly path: string };
  /** False for content that does not compress, such as images and models. */
  readonly isCompressed: boolean;
};

/** Most bytes of content in a ZIP file without the 64-bit extension; the rest is room for its directory. */
export const MAX_ZIP_BYTES: number = 0xffff_ffff - 16 * 2 ** 20;

const READ_BYTES = 2 ** 18;

/** Writes a ZIP file piece by piece. It appears under its name when it is complete and on the disk. */
export function writeZip(path: string, entries: readonly ZipEntry[]): Promise<void> {
  return replaceFileBy(path, (temporary) => writeEntries(temporary, entries));
}

async function writeEntries(path: string, entries: readonly ZipEntry[]): Promise<void> {
  const file = await open(path, "w");
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
      for (const chunk of chunks) await file.appendFile(chunk); // not `write`: a nearly full disk takes a part
      if (failure) throw failure;
    };
    for (const { name, content, isCompressed } of entries) {
      const entry = isCompressed ? new ZipDeflate(name) : new ZipPassThrough(name);
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
  } finally {
    await file.close();
  }
}

function chunksOf(content: ZipEntry["content"]): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (content instanceof Uint8Array) return [content];
  return createReadStream(content.path, { highWaterMark: READ_BYTES });
}
