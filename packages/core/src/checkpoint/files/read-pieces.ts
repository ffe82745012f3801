import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { damaged } from "./file-errors.ts";

const PIECE_BYTES = 8 * 1024 * 1024;

/** Reads a file from its beginning, and sums what it has read. */
export class PieceReader {
  readonly #file: FileHandle;
  readonly #path: string;
  #position = 0;
  #sum = 0;

  constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** The CRC-32 of everything that was read. */
  get crc32(): number {
    return this.#sum;
  }

  /**
   * Fills a buffer. The sum of a piece is computed while another thread of Node.js reads the next.
   *
   * @throws {AcceleratorError} `CHECKPOINT_DAMAGED` if the file ends before that.
   */
  async fill(target: Uint8Array): Promise<void> {
    let waiting: Uint8Array | undefined;
    for (let start = 0; start < target.byteLength; start += PIECE_BYTES) {
      const piece = target.subarray(start, start + PIECE_BYTES);
      const reading = this.#read(piece);
      reading.catch(() => {}); // awaited below, when the sum is there
      if (waiting) this.#sum = crc32(waiting, this.#sum);
      await reading;
      waiting = piece;
    }
    if (waiting) this.#sum = crc32(waiting, this.#sum);
  }

  /** Reads and sums, and keeps nothing. */
  async skip(bytes: number): Promise<void> {
    const pieces = [1, 2].map(() => new Uint8Array(Math.min(PIECE_BYTES, bytes)));
    let waiting: Uint8Array | undefined;
    for (let [rest, turn] = [bytes, 0]; rest > 0; turn = 1 - turn) {
      const piece = (pieces[turn] as Uint8Array).subarray(0, rest);
      const reading = this.#read(piece);
      reading.catch(() => {});
      if (waiting) this.#sum = crc32(waiting, this.#sum);
      await reading;
      waiting = piece;
      rest -= piece.byteLength;
    }
    if (waiting) this.#sum = crc32(waiting, this.#sum);
  }

  async #read(piece: Uint8Array): Promise<void> {
    let done = 0;
    while (done < piece.byteLength) {
      const rest = piece.byteLength - done;
      const { bytesRead } = await this.#file.read(piece, done, rest, this.#position);
      if (bytesRead === 0) throw damaged(this.#path, `ends after ${this.#position} bytes`);
      done += bytesRead;
      this.#position += bytesRead;
    }
  }
}
