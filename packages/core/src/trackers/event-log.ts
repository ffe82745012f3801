import { messageOf } from "../errors.ts";
import { JournalReader, type PlacedEntry } from "../journal/journal-reader.ts";
import { encodeRecord, type JournalEntry, type JournalHeader } from "../journal/journal-record.ts";
import { JournalWriter } from "../journal/journal-writer.ts";
import type { FinishStatus } from "./log-value.ts";
import type { TrackerEvent } from "./tracker-event.ts";

/** A place between two entries. */
export type LogPosition = {
  /** The entry behind it. */
  readonly sequence: number;
  /** Where that begins in the journal; undefined at the very beginning. */
  readonly offset: number | undefined;
};

/** Most that one call of `read` gives. */
export type ReadLimits = { readonly limit: number; readonly limitBytes: number };

/** What a channel reads entries from. */
export interface EntrySource {
  /**
   * Entries from `position` on. Waits for the first of them; empty once no more will come.
   *
   * @param signal ends the waiting.
   */
  read(position: LogPosition, limits: ReadLimits, signal: AbortSignal): Promise<PlacedEntry[]>;
}

/** So much of what was written already is kept in memory, for channels that are not far behind. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** So much waits in memory for a disk that does not take it. */
const MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

type Kept = PlacedEntry & { readonly sizeBytes: number };

/**
 * All events of a run in their order: appended to the journal, then read by every tracker's channel at its own
 * speed. Without a journal they are held in memory until every channel has read them.
 */
export class EventLog {
  readonly #warn: (message: string) => void;
  #writer: JournalWriter | undefined;
  #reader: JournalReader | undefined;
  /** The newest entries, oldest first. */
  readonly #window: Kept[] = [];
  #windowBytes = 0;
  /** Number of entries appended, and of those that may be read. */
  #appended = 0;
  #readable = 0;
  #refused = 0;
  #isEnded = false;
  #hasWarned = false;
  #waiting: (() => void)[] = [];
  /** How far each reader got. */
  readonly #positions: number[] = [];

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** Number of entries so far. */
  get length(): number {
    return this.#appended;
  }

  /** Events that neither the disk nor the memory could take. */
  get refused(): number {
    return this.#refused;
  }

  /** Begins the journal. Call it before anything is appended. @throws {Error} of the file system. */
  async openJournal(path: string, header: JournalHeader): Promise<void> {
    this.#writer = await JournalWriter.create(path, encodeRecord(header), (error) =>
      this.#written(error),
    );
    this.#reader = await JournalReader.open(path);
  }

  append(event: TrackerEvent): void {
    this.#add({ ...event, sequence: this.#appended });
  }

  /** The last entry: how the run ended. */
  end(status: FinishStatus): void {
    this.#add({ type: "finish", status, sequence: this.#appended });
    this.#isEnded = true;
  }

  /** A reader for one channel. What it has not read yet is not forgotten. */
  reader(): EntrySource {
    const index = this.#positions.push(0) - 1;
    return {
      read: (position, limits, signal) => {
        this.#positions[index] = position.sequence;
        return this.#read(position, limits, signal);
      },
    };
  }

  /** Resolves once everything appended so far is on the disk, or could not be written. */
  async sync(): Promise<void> {
    await this.#writer?.sync().catch((error: Error) => this.#warnOfDisk(error));
  }

  async close(): Promise<void> {
    await this.#writer?.close().catch((error: Error) => this.#warnOfDisk(error));
    await this.#reader?.close();
  }

  async #read(
    position: LogPosition,
    limits: ReadLimits,
    signal: AbortSignal,
  ): Promise<PlacedEntry[]> {
    while (position.sequence >= this.#readable) {
      if (signal.aborted || (this.#isEnded && position.sequence >= this.#appended)) return [];
      await this.#change(signal);
    }
    const first = this.#window[0]?.entry.sequence ?? this.#appended;
    if (position.sequence < first) return await this.#readFile(position, limits);
    const entries: PlacedEntry[] = [];
    let bytes = 0;
    for (let i = position.sequence - first; i < this.#readable - first; i++) {
      const kept = this.#window[i] as Kept;
      if (entries.length >= limits.limit || bytes >= limits.limitBytes) break;
      entries.push(kept);
      bytes += kept.sizeBytes;
    }
    return entries;
  }

  #add(entry: JournalEntry): void {
    const payload = this.#writer ? encodeRecord(entry) : undefined;
    const unwritten = this.#windowBytes - WINDOW_BYTES;
    if (payload && unwritten > MAX_UNWRITTEN_BYTES && entry.type !== "finish") {
      this.#refused += 1;
      return;
    }
    const sizeBytes = payload?.length ?? 0;
    const nextOffset = payload ? (this.#writer as JournalWriter).append(payload) : 0;
    this.#window.push({ entry, nextOffset, sizeBytes });
    this.#windowBytes += sizeBytes;
    this.#appended += 1;
    if (!this.#writer) this.#makeReadable(this.#appended);
  }

  /** After every write: trackers see what is in the journal, or what it could not take. */
  #written(error: Error | undefined): void {
    if (error) this.#warnOfDisk(error);
    const writtenBytes = this.#writer?.writtenBytes ?? 0;
    let readable = this.#readable;
    const first = this.#window[0]?.entry.sequence ?? 0;
    while (
      readable < this.#appended &&
      (error || (this.#window[readable - first] as Kept).nextOffset <= writtenBytes)
    ) {
      readable += 1;
    }
    this.#makeReadable(readable);
  }

  #makeReadable(count: number): void {
    this.#readable = count;
    this.#shrink();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Forgets what can be read from the journal again, or what every channel has. */
  #shrink(): void {
    const writtenBytes = this.#writer?.writtenBytes ?? 0;
    const read = Math.min(...this.#positions);
    let count = 0;
    for (const { entry, nextOffset, sizeBytes } of this.#window) {
      const isKept = this.#writer
        ? this.#windowBytes <= WINDOW_BYTES || nextOffset > writtenBytes
        : entry.sequence >= read;
      if (isKept) break;
      this.#windowBytes -= sizeBytes;
      count += 1;
    }
    if (count > 0) this.#window.splice(0, count);
  }

  async #readFile(position: LogPosition, limits: ReadLimits): Promise<PlacedEntry[]> {
    const reader = this.#reader as JournalReader;
    const { entries } = await reader.read(position.offset ?? reader.firstOffset, limits);
    return entries;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      signal.addEventListener("abort", wake, { once: true });
      this.#waiting.push(wake);
    });
  }

  #warnOfDisk(error: Error): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(
      `The journal of this run cannot be written (${messageOf(error)}). Training and trackers go on; until it can, ` +
        "values are held in memory, and a crash would lose them.",
    );
  }
}
