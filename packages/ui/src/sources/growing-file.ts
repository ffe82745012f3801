import { open, stat } from "node:fs/promises";

/** What was added to a file since it was read last. Keeps no file open. */
export class GrowingFile {
  readonly path: string;
  /** How much was taken. */
  offset = 0;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Bytes that were not taken, at most so many, but at least `least`. Undefined: the file is shorter than what was taken, so it is
   * another one.
   *
   * @throws {Error} of the file system.
   */
  async read(limitBytes: number, least = 0): Promise<Buffer | undefined> {
    const { size } = await stat(this.path);
    if (size < this.offset) return undefined;
    const length = Math.min(size - this.offset, Math.max(limitBytes, least));
    return await this.at(this.offset, length);
  }

  /** Bytes anywhere in the file; fewer where it ends. */
  async at(offset: number, length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const file = await open(this.path, "r");
    try {
      const buffer = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(buffer, done, length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return buffer.subarray(0, done);
    } finally {
      await file.close();
    }
  }
}
