import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";

/** A file is written in pieces of this size: what the sum has read is still in the cache of the processor when it is written. */
const PIECE_BYTES = 1024 * 1024;
/** A part below this is copied into a piece with others: a call of its own costs more. */
const SMALL_BYTES = 256 * 1024;

/** After so much the disk begins to write, while more is handed over. */
const FLUSH_BYTES = 16 * 1024 * 1024;

/** What the manifest says about a file. */
export type WrittenFile = {
  readonly bytes: number;
  readonly crc32: number;
};

/** A file that the system has, but perhaps not yet the disk. */
export type UnflushedFile = {
  readonly written: WrittenFile;
  /** Waits until the disk has it, if that was asked for, and closes it. To be called once. */
  readonly finish: () => Promise<void>;
};

/**
 * Writes a new file, and waits until the disk has it.
 *
 * @param isDurable false: it does not wait for the disk.
 * @throws {Error} of the file system; `EEXIST` if the file is there.
 */
export async function writePieces(
  path: string,
  parts: Iterable<Uint8Array>,
  isDurable: boolean,
): Promise<WrittenFile> {
  const { written, finish } = await writeUnflushed(path, parts, isDurable);
  await finish();
  return written;
}

/**
 * As `writePieces`, but the caller waits for the disk: several files can be flushed side by side. The sum of a piece is
 * computed while another thread of Node.js writes it, and a third one lets the disk begin.
 */
export async function writeUnflushed(
  path: string,
  parts: Iterable<Uint8Array>,
  isDurable: boolean,
): Promise<UnflushedFile> {
  const file = await open(path, "wx", 0o666);
  const flush = isDurable ? new Flush(file) : undefined;
  try {
    let [bytes, sum] = [0, 0];
    for (const piece of piecesOf(parts)) {
      const writing = writeAll(file, piece, bytes);
      writing.catch(() => {}); // awaited below, when the sum is there
      sum = crc32(piece, sum);
      await writing;
      bytes += piece.byteLength;
      flush?.begin(piece.byteLength);
    }
    return { written: { bytes, crc32: sum }, finish: () => finish(file, flush) };
  } catch (error) {
    await finish(file, flush).catch(() => {}); // the first error is the one to report
    throw error;
  }
}

async function finish(file: FileHandle, flush: Flush | undefined): Promise<void> {
  try {
    await flush?.end();
  } catch (error) {
    await file.close().catch(() => {}); // the first error is the one to report
    throw error;
  }
  await file.close(); // file systems on a network report faults here
}

/** Waits for the disk while a file is written, and at its end. */
class Flush {
  readonly #file: FileHandle;
  #bytes = 0;
  #running: Promise<void> | undefined;
  /** The system tells a fault of the disk once only. */
  #fault: unknown;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** So many bytes more were written. */
  begin(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < FLUSH_BYTES || this.#running) return;
    this.#bytes = 0;
    this.#running = this.#file.datasync().then(
      () => {
        this.#running = undefined;
      },
      (error) => {
        this.#fault = error;
      },
    );
  }

  /** @throws {Error} of the file system. */
  async end(): Promise<void> {
    await this.#running;
    if (this.#fault !== undefined) throw this.#fault;
    await this.#file.datasync();
  }
}

/** The system may write less than it was given. */
async function writeAll(file: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < piece.byteLength) {
    const rest = piece.byteLength - written;
    const { bytesWritten } = await file.write(piece, written, rest, position + written);
    if (bytesWritten === 0) throw Object.assign(new Error("nothing was written"), { code: "EIO" });
    written += bytesWritten;
  }
}

/** Large parts are cut, small ones are collected. A piece is valid until the next one is asked for. */
function* piecesOf(parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  const collected = new Uint8Array(PIECE_BYTES);
  let used = 0;
  for (const part of parts) {
    const isSmall = part.byteLength < SMALL_BYTES;
    if (used > 0 && (!isSmall || used + part.byteLength > PIECE_BYTES)) {
      yield collected.subarray(0, used);
      used = 0;
    }
    if (isSmall) {
      collected.set(part, used);
      used += part.byteLength;
      continue;
    }
    for (let start = 0; start < part.byteLength; start += PIECE_BYTES) {
      yield part.subarray(start, start + PIECE_BYTES);
    }
  }
  if (used > 0) yield collected.subarray(0, used);
}
