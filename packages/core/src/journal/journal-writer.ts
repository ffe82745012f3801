import { type FileHandle, open, rename } from "node:fs/promises";
import { frame, preamble } from "./journal-format.ts";

/** How long a record may wait for others before it is written. A crash of the machine loses what is not yet. */
const WRITE_INTERVAL_MS = 25;
/** So much is written at once, without waiting. */
const WRITE_AT_BYTES = 256 * 1024;
/** How long to wait after a write that failed: the disk is full, or was taken away. */
const RETRY_INTERVAL_MS = 1000;

/** Appends records to a journal: in batches, in the background, in order. */
export class JournalWriter {
  readonly #file: FileHandle;
  readonly #onWritten: (error: Error | undefined) => void;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Where the next batch goes. Writes name their place: one that broke off is overwritten by the next. */
  #position: number;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

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

  /** Bytes that are in the file. */
  get writtenBytes(): number {
    return this.#position;
  }

  /** Takes a payload, to be written soon. @returns how many bytes the journal will have then. */
  append(payload: Uint8Array): number {
    const record = frame(payload);
    this.#pending.push(record);
    this.#pendingBytes += record.length;
    if (this.#pendingBytes >= WRITE_AT_BYTES) this.#write();
    else this.#schedule(WRITE_INTERVAL_MS);
    return this.#position + this.#pendingBytes;
  }

  /** Resolves once everything appended before is in the file, or could not be written. */
  async flush(): Promise<void> {
    await this.#writing;
    this.#write();
    await this.#writing;
  }

  /** Like `flush`, and waits for the disk. @throws {Error} of the file system. */
  async sync(): Promise<void> {
    await this.flush();
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    await this.#file.close();
  }

  #schedule(delayMs: number): void {
    if (this.#timer || this.#writing) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, delayMs);
    this.#timer.unref();
  }

  #write(): void {
    if (this.#writing || this.#pending.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = Buffer.concat(this.#pending);
    const count = this.#pending.length;
    this.#writing = writeAll(this.#file, batch, this.#position).then(
      () => {
        this.#pending = this.#pending.slice(count);
        this.#pendingBytes -= batch.length;
        this.#position += batch.length;
        this.#settle(undefined);
      },
      (error: Error) => this.#settle(error),
    );
  }

  #settle(error: Error | undefined): void {
    this.#writing = undefined;
    if (this.#pending.length > 0) this.#schedule(error ? RETRY_INTERVAL_MS : WRITE_INTERVAL_MS);
    this.#onWritten(error);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
