import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { JournalReader, type PlacedEntry } from "./journal-reader.ts";
import type { JournalHeader } from "./journal-record.ts";
import type { Damage } from "./record-scanner.ts";

/** What was added to a journal since it was read last. */
export type JournalGrowth = {
  readonly entries: readonly PlacedEntry[];
  /** Whether nothing more is there now: `next` is to be called again later. */
  readonly isEnd: boolean;
  /** Of a journal whose end is damaged: what lies there. It is read again when the file changes. */
  readonly damage?: Damage;
  /** Another file is there now, or it was cut off: everything that was read before is void. Close this tail and open another. */
  readonly isReplaced?: true;
};

/**
 * Follows a journal while a process appends to it. What is not a whole record yet is read again, in the same place, when the file
 * has changed. Only reads.
 */
export class JournalTail {
  readonly #path: string;
  readonly #reader: JournalReader;
  readonly #inode: string;
  #offset: number;
  #sequence = 0;
  /** The file as it was when its end was reached. */
  #seen: string | undefined;

  private constructor(path: string, reader: JournalReader, inode: string) {
    this.#path = path;
    this.#reader = reader;
    this.#inode = inode;
    this.#offset = reader.firstOffset;
  }

  /** @throws {AcceleratorError} `JOURNAL_INVALID`, and errors of the file system. */
  static async open(path: string): Promise<JournalTail> {
    const inode = inodeOf(await stat(path));
    return new JournalTail(path, await JournalReader.open(path), inode);
  }

  get header(): JournalHeader {
    return this.#reader.header;
  }

  /** How much of the file was read. */
  get offset(): number {
    return this.#offset;
  }

  /** Entries behind those of the last call, until they take so many bytes. @throws {Error} of the file system. */
  async next(limitBytes: number): Promise<JournalGrowth> {
    const stats = await stat(this.#path);
    if (inodeOf(stats) !== this.#inode || stats.size < this.#offset) {
      return { entries: [], isEnd: true, isReplaced: true };
    }
    const now = `${stats.size} ${stats.mtimeMs}`;
    if (now === this.#seen) return { entries: [], isEnd: true };
    this.#reader.forget();
    const limits = { limit: Number.POSITIVE_INFINITY, limitBytes };
    const { entries, end, damage } = await this.#reader.read(this.#offset, limits, this.#sequence);
    const last = entries.at(-1);
    if (last) {
      this.#offset = last.nextOffset;
      this.#sequence = last.entry.sequence + 1;
    }
    if (end) this.#seen = now;
    return { entries, isEnd: end !== undefined, ...(damage && { damage }) };
  }

  /** One entry that was read before: at its offset, which is the `nextOffset` of the one before it. */
  async at(offset: number): Promise<PlacedEntry | undefined> {
    const { entries } = await this.#reader.read(offset, { limit: 1, limitBytes: 1 });
    return entries[0];
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }
}

function inodeOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}
