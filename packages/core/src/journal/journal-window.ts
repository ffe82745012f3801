import type { FileHandle } from "node:fs/promises";

const CHUNK_BYTES = 1 << 20;

/** The part of a file that is in memory: at least 1 MiB, and as much as is asked for. */
export class JournalWindow {
  readonly #file: FileHandle;
  #bytes: Buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Bytes from `offset` on: at least `least` unless the file ends before, and all of them that are in memory. Valid until the next
   * call.
   */
  async ahead(offset: number, least: number): Promise<Buffer> {
    await this.read(offset, least);
    return this.#bytes.subarray(offset - this.#offset);
  }

  /** Bytes from `offset` on: `length` of them, or fewer where the file ends. Valid until the next call. */
  async read(offset: number, length: number): Promise<Buffer> {
    const start = offset - this.#offset;
    if (start < 0 || start + length > this.#bytes.length) {
      this.#bytes = await readAt(this.#file, offset, Math.max(CHUNK_BYTES, length));
      this.#offset = offset;
      return this.#bytes.subarray(0, length);
    }
    return this.#bytes.subarray(start, start + length);
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
