import { dirname } from "node:path";
import { flushFolder, removeAll, renameWhenFree } from "./folder-operations.ts";
import { temporaryFor } from "./temporary-file.ts";
import { writePieces } from "./write-pieces.ts";

/**
 * Replaces a small file atomically.
 *
 * @param isDurable false: it does not wait for the disk.
 * @throws {Error} of the file system.
 */
export async function writeText(path: string, text: string, isDurable: boolean): Promise<void> {
  const temporary = await temporaryFor(path);
  try {
    await writePieces(temporary, [Buffer.from(text)], isDurable);
    await renameWhenFree(temporary, path);
    if (isDurable) await flushFolder(dirname(path));
  } catch (error) {
    await removeAll(temporary).catch(() => {}); // the first error is the one to report
    throw error;
  }
}
