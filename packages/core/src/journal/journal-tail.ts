import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { JournalReader, type PlacedEntry } from "./journal-reader.ts";
import type { JournalHeader } from "./journal-record.ts";
import type { Damage } from "./record-scanner.ts";

const MARK_BYTES = 64;

/** What is parsed before it is handed over: entries that live longer cost more than reading them. */
const PORTION = { limit: Number.POSITIVE_INFINITY, limitBytes: 1 << 19 };

/** How reading went on. */
export type JournalGrowth = {
  /** Whether nothing more is there now: `next` is to be called again later. */
  readonly isEnd: boolean;
  /** What lies at the end and is no record. It is read again when the file changes. */
  readonly damage?: Damage;
  /** Another file is there now, or it was cut off: everything that was read before is void. Open another tail. */
  readonly isReplaced?: true;
};

/**
 * Follows a journal while a process appends to it. What is not a whole record yet is read again, in the same place, when the file
 * has changed. Only reads, and keeps no file open: there may be thousands of runs.
 */
export class JournalTail {
  readonly header: JournalHeader;
  readonly #path: string;
  readonly #inode: string;
  /** The offset of the first entry. */
  readonly firstOffset: number;
  #offset: number;
  #sequence = 0;
  /** What lies before `#offset`: a new file may have the inode of the one before it. */
  #mark: Buffer | undefined;
  /** The file as it was when its end was reached. */
  #seen: string | undefined;

  private constructor(
    path: string,
    { header, firstOffset }: Pick<JournalReader, "header" | "firstOffset">,
    inode: string,
  ) {
    this.header = header;
    this.#path = path;
    this.#inode = inode;
    this.firstOffset = firstOffset;
    this.#offset = firstOffset;
  }

  /** @throws {AcceleratorError} `JOURNAL_INVALID`, and errors of the file system. */
  static async open(path: string): Promise<JournalTail> {
    const inode = inodeOf(await stat(path));
    const reader = await JournalReader.open(path);
    await reader.close();
    return new JournalTail(path, reader, inode);
  }

  /** How much of the file was read. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Hands over the entries behind those of the last call, until they take so many bytes.
   *
   * @throws {Error} of the file system.
   */
  async next(limitBytes: number, take: (placed: PlacedEntry) => void): Promise<JournalGrowth> {
    const stats = await stat(this.#path);
    if (inodeOf(stats) !== this.#inode || stats.size < this.#offset) {
      return { isEnd: true, isReplaced: true };
    }
    const now = `${stats.size} ${stats.mtimeMs}`;
    if (now === this.#seen) return { isEnd: true };
    const reader = await JournalReader.open(this.#path);
    try {
      const isSame =
        reader.header.id === this.header.id &&
        (!this.#mark || this.#mark.equals(await reader.before(this.#offset, MARK_BYTES)));
      if (!isSame) return { isEnd: true, isReplaced: true };
      const start = this.#offset;
      while (this.#offset - start < limitBytes) {
        const { entries, end, damage } = await reader.read(this.#offset, PORTION, this.#sequence);
        for (const placed of entries) take(placed);
        const last = entries.at(-1);
        if (last) {
          this.#offset = last.nextOffset;
          this.#sequence = last.entry.sequence + 1;
        }
        if (!end) continue;
        this.#seen = now;
        return { isEnd: true, ...(damage && { damage }) };
      }
      return { isEnd: false };
    } finally {
      this.#mark = await reader.before(this.#offset, MARK_BYTES);
      await reader.close();
    }
  }

  /** The entry at an offset: that of the first, or the `nextOffset` of another. @throws {Error} of the file system. */
  async at(offset: number): Promise<PlacedEntry | undefined> {
    const reader = await JournalReader.open(this.#path);
    try {
      const { entries } = await reader.read(offset, { limit: 1, limitBytes: 1 });
      return entries[0];
    } finally {
      await reader.close();
    }
  }

  /** A tail of the same file that begins anew. */
  again(): JournalTail {
    return new JournalTail(this.#path, this, this.#inode);
  }
}

function inodeOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}
