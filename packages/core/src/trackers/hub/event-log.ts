import { messageOf } from "../../errors.ts";
import { JournalReader, type PlacedEntry } from "../../journal/journal-reader.ts";
import {
  encodeRecord,
  type JournalEntry,
  type JournalHeader,
} from "../../journal/journal-record.ts";
import { JournalWriter } from "../../journal/journal-writer.ts";
import type { RunHistory } from "../../journal/run-history.ts";
import type { FinishStatus } from "../../tracker-contract/log-value.ts";
import type { RunEvent } from "../../tracker-contract/tracker-event.ts";
import type { RepeatedValues } from "./repeated-values.ts";

/** A place between two entries. */
export type LogPosition = {
  /** The entry after it. */
  readonly sequence: number;
  /** The offset of that entry in the journal; undefined at the very beginning. */
  readonly offset: number | undefined;
};

/** The most that one call of `read` returns. */
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

/** Bytes of written entries that are kept in memory, for channels that are not far behind. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** While the disk takes nothing, so many bytes wait in memory before the thread that logs waits too. */
const PLACE_BYTES = 32 * 1024 * 1024;
/** Most bytes that wait then: that may last, and the thread that logs waits for a limited time. */
const MAX_UNWRITABLE_BYTES = 64 * 1024 * 1024;

type Kept = PlacedEntry & { readonly sizeBytes: number };

/**
 * All events of a run in their order: appended to the journal, then read by every tracker's channel at its own
 * speed. Without a journal they are held in memory until every channel has read them.
 */
export class EventLog {
  readonly #warn: (message: string) => void;
  readonly #onWritten: (isTaken: boolean) => void;
  #writer: JournalWriter | undefined;
  #reader: JournalReader | undefined;
  /** The newest entries, oldest first. */
  readonly #window: Kept[] = [];
  #windowBytes = 0;
  /** Number of entries appended, and of those that may be read. */
  #appended = 0;
  #readable = 0;
  #refused = 0;
  /** Why events were refused, as far as it was said. */
  readonly #refusals = new Set<string>();
  #isEnded = false;
  #hasWarned = false;
  /** Whether the last attempt to write the journal failed. */
  #isUnwritable = false;
  #waiting: (() => void)[] = [];
  /** In a run that goes on from a checkpoint. */
  #repeated: RepeatedValues | undefined;
  /** How far each reader got. */
  readonly #positions: number[] = [];

  /** @param onWritten called after every write of the journal; `isTaken` is false for one that failed. */
  constructor(warn: (message: string) => void, onWritten: (isTaken: boolean) => void) {
    this.#warn = warn;
    this.#onWritten = onWritten;
  }

  /** Number of entries so far. */
  get length(): number {
    return this.#appended;
  }

  /** How much waits for the disk, by `weightOf`; nothing where memory stands in for a disk that takes nothing. */
  get unwritten(): number {
    if (!this.#writer) return 0;
    const isHeld = this.#isUnwritable && this.#writer.pendingBytes < PLACE_BYTES;
    return isHeld ? 0 : this.#writer.pendingWeight;
  }

  /** Number of events dropped: the disk did not take the journal and the buffer was full, or they cannot be written. */
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

  /**
   * Goes on with the journal of another process, which says so already. Call it before anything is appended.
   *
   * @param repeated is shown everything that is appended.
   * @throws {Error} of the file system.
   */
  async resumeJournal(
    path: string,
    { next, end }: RunHistory,
    repeated: RepeatedValues,
  ): Promise<void> {
    this.#writer = await JournalWriter.resume(path, end, (error) => this.#written(error));
    this.#reader = await JournalReader.open(path);
    this.#appended = next;
    this.#readable = next;
    this.#repeated = repeated;
  }

  append(event: RunEvent): void {
    this.#add({ ...event, sequence: this.#appended });
  }

  /** Appends the last entry: how the run ended. */
  end(status: FinishStatus): void {
    this.#add({ type: "finish", status, sequence: this.#appended });
    this.#isEnded = true;
  }

  /** A reader for one channel. Entries that it has not read yet are kept. */
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
  async flush(): Promise<void> {
    await this.#writer?.flush().catch((error: Error) => this.#warnOfDisk(error));
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
    this.#repeated?.see(entry);
    if (this.#isOverfull && entry.type !== "finish") {
      this.#refuse(
        "The disk does not take the journal of this run, and the memory for what it does not take is full: from now on " +
          "values are lost until it does.",
      );
      return;
    }
    const payload = this.#writer ? this.#encode(entry) : undefined;
    if (payload === null) return;
    const sizeBytes = payload?.length ?? 0;
    const nextOffset = payload ? (this.#writer as JournalWriter).append(payload) : 0;
    this.#window.push({ entry, nextOffset, sizeBytes });
    this.#windowBytes += sizeBytes;
    this.#appended += 1;
    if (!this.#writer) this.#makeReadable(this.#appended);
  }

  get #isOverfull(): boolean {
    return this.#isUnwritable && (this.#writer?.pendingBytes ?? 0) > MAX_UNWRITABLE_BYTES;
  }

  /** Null if the entry cannot be written: a tracker has posted a value that is longer than a text may be. */
  #encode(entry: JournalEntry): Uint8Array | null {
    try {
      return encodeRecord(entry);
    } catch (error) {
      this.#refuse(
        `An event of type "${entry.type}" has no place in the journal: ${messageOf(error)}. It is lost.`,
      );
      return null;
    }
  }

  /** How many were refused is said when the run ends; why, now. */
  #refuse(reason: string): void {
    if (!this.#refusals.has(reason)) this.#warn(reason);
    this.#refusals.add(reason);
    this.#refused += 1;
  }

  /** Called after every write: trackers now read what is in the journal, or what could not be written. */
  #written(error: Error | undefined): void {
    this.#isUnwritable = error !== undefined;
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
    this.#onWritten(error === undefined);
  }

  #makeReadable(count: number): void {
    this.#readable = count;
    this.#shrink();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Frees entries that can be read from the journal again, or that every channel has read. */
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
    const { entries } = await reader.read(
      position.offset ?? reader.firstOffset,
      limits,
      position.sequence,
    );
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
