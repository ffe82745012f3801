import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** A file is shorter than what was written to it: it was changed, or is another. */
export class ShortFileError extends Error {
  override readonly name = "ShortFileError";
  /** Bytes that it has. */
  readonly found: number;

  constructor(path: string, found: number, expected: number) {
    super(`${path} has ${found} bytes where ${expected} had been written`);
    this.found = found;
  }
}

/**
 * Writes bytes behind the first `size` bytes of a file, in place of what an interrupted attempt left there. If they cannot all be
 * written, none of them stay: the file ends with its last whole record. Makes the file and its folder.
 *
 * @returns the new size.
 * @throws {ShortFileError} if the file has less than `size` bytes.
 * @throws {Error} of the file system.
 */
export async function appendAt(path: string, size: number, bytes: Uint8Array): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o666);
  try {
    const found = (await file.stat()).size;
    if (found < size) throw new ShortFileError(path, found, size);
    if (found > size) await file.truncate(size);
    try {
      await writeAll(file, bytes, size);
    } catch (error) {
      await file.truncate(size).catch(() => {}); // the first error counts; the next attempt cuts it off
      throw error;
    }
    return size + bytes.length;
  } finally {
    await file.close();
  }
}

/** A nearly full disk first takes a part, and reports that it is full in the next call. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, undefined, position + written);
    written += bytesWritten;
  }
}
