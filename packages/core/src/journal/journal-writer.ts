import { type FileHandle, open, rename } from "node:fs/promises";
import { frame, preamble } from "./journal-format.ts";
import { MOST_UNWRITTEN, weightOf } from "./unwritten.ts";

/** How long a record may wait for others before it is written. A crash loses records that are not yet written. */
const WRITE_INTERVAL_MS = 25;
/** So much is written without waiting for more: `log` waits for place only while a write is due or under way. */
const WRITE_AT_WEIGHT = MOST_UNWRITTEN / 4;
/** The same in bytes. */
const WRITE_AT_BYTES = 256 * 1024;
/** How long to wait after a failed write: the disk is full, or was removed. */
const RETRY_INTERVAL_MS = 1000;

/** Appends records to a journal: in batches, in the background, in order. */
export class JournalWriter {
  readonly #file: FileHandle;
  readonly #onWritten: (error: Error | undefined) => void;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #pendingWeight = 0;
  /** Offset of the next batch. Writes are positional: a partial write is overwritten by the next one. */
  #position: number;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  /** Whether the last write failed. It is tried again after a while, and before a flush. */
  #hasFailed = false;

  private constructor(
    file: FileHandle,
    position: number,
    onWritten: (error: Error | undefined) => void,
  ) {
    this.#file = file;
    this.#position = position;
    this.#onWritten = onWritten;
  }

  /**
   * Makes the file, readable by its owner alone. It appears with its whole header, on the disk, or not at all.
   *
   * @param onWritten called after every batch, with the reason if it could not be written; it is tried again then.
   * @throws {Error} of the file system.
   */
  static async create(
    path: string,
    header: Uint8Array,
    onWritten: (error: Error | undefined) => void,
  ): Promise<JournalWriter> {
    const beginning = Buffer.concat([preamble(), frame(header)]);
    const file = await open(`${path}.new`, "wx", 0o600);
    try {
      await writeAll(file, beginning, 0);
      await file.datasync();
      await rename(`${path}.new`, path);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new JournalWriter(file, beginning.length, onWritten);
  }

  /**
   * Goes on with a file: what another process did not write to its end, behind `position`, is removed.
   *
   * @throws {Error} of the file system.
   */
  static async resume(
    path: string,
    position: number,
    onWritten: (error: Error | undefined) => void,
  ): Promise<JournalWriter> {
    const file = await open(path, "r+");
    try {
      await file.truncate(position);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new JournalWriter(file, position, onWritten);
  }

  /** Bytes that were appended and are not in the file. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The same, by `weightOf`. */
  get pendingWeight(): number {
    return this.#pendingWeight;
  }

  /** Bytes that are in the file. */
  get writtenBytes(): number {
    return this.#position;
  }

  /** Adds a payload, to be written soon. @returns how many bytes the journal will have then. */
  append(payload: Uint8Array): number {
    const record = frame(payload);
    this.#pending.push(record);
    this.#pendingBytes += record.length;
    this.#pendingWeight += weightOf(record.length);
    if (this.#isDue) this.#write();
    else this.#schedule();
    return this.#position + this.#pendingBytes;
  }

  /** Resolves once everything appended before is in the file, or could not be written. */
  async written(): Promise<void> {
    await this.#writing;
    this.#write();
    await this.#writing;
  }

  /** Like `written`, then flushes the file to the disk. @throws {Error} of the file system. */
  async flush(): Promise<void> {
    await this.written();
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.written();
    clearTimeout(this.#timer);
    await this.#file.close();
  }

  get #isDue(): boolean {
    if (this.#hasFailed) return false;
    return this.#pendingBytes >= WRITE_AT_BYTES || this.#pendingWeight >= WRITE_AT_WEIGHT;
  }

  #schedule(): void {
    if (this.#timer || this.#writing) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#write();
      },
      this.#hasFailed ? RETRY_INTERVAL_MS : WRITE_INTERVAL_MS,
    );
    this.#timer.unref();
  }

  #write(): void {
    if (this.#writing || this.#pending.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = Buffer.concat(this.#pending);
    const count = this.#pending.length;
    const weight = this.#pendingWeight;
    this.#writing = writeAll(this.#file, batch, this.#position).then(
      () => {
        this.#pending = this.#pending.slice(count);
        this.#pendingBytes -= batch.length;
        this.#pendingWeight -= weight;
        this.#position += batch.length;
        this.#settle(undefined);
      },
      (error: Error) => this.#settle(error),
    );
  }

  #settle(error: Error | undefined): void {
    this.#writing = undefined;
    this.#hasFailed = error !== undefined;
    if (this.#isDue) this.#write();
    else if (this.#pending.length > 0) this.#schedule();
    this.#onWritten(error);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
