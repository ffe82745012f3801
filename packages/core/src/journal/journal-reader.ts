import { type FileHandle, open } from "node:fs/promises";
import { AcceleratorError } from "../errors.ts";
import { headerFault } from "./header-fault.ts";
import { checkPreamble, PREAMBLE_BYTES } from "./journal-format.ts";
import type { JournalEntry, JournalHeader } from "./journal-record.ts";
import { JournalWindow } from "./journal-window.ts";
import { type Damage, RecordScanner } from "./record-scanner.ts";

export type { Damage } from "./record-scanner.ts";

/** What is read of a whole journal at a time. */
const PORTION = { limit: 1000, limitBytes: 1 << 20 };

/** Why there is nothing more to read. */
export type JournalEnd = {
  /** `incomplete`: the process died while it wrote the last record, or is writing it now. */
  readonly kind: "end" | "incomplete";
  readonly offset: number;
};

/** One entry, and the offset of the next one. */
export type PlacedEntry = {
  readonly entry: JournalEntry;
  readonly nextOffset: number;
  /** What was skipped before it. */
  readonly damage?: Damage;
};

export type JournalPortion = {
  readonly entries: PlacedEntry[];
  /** Why there is nothing behind the entries. */
  readonly end?: JournalEnd;
  /** What lies behind the last entry and is no record. */
  readonly damage?: Damage;
};

/**
 * Reads a journal from any entry on, also while it is appended to. Holds one part of it in memory. Where it is damaged
 * reading continues at the next sound record.
 */
export class JournalReader {
  readonly #file: FileHandle;
  readonly #scanner: RecordScanner;
  readonly header: JournalHeader;
  /** Offset of the first entry. */
  readonly firstOffset: number;

  private constructor(
    file: FileHandle,
    scanner: RecordScanner,
    header: JournalHeader,
    firstOffset: number,
  ) {
    this.#file = file;
    this.#scanner = scanner;
    this.header = header;
    this.firstOffset = firstOffset;
  }

  /** @throws {AcceleratorError} `JOURNAL_INVALID` if the file is not a journal, has a newer format, or no sound header. */
  static async open(path: string): Promise<JournalReader> {
    const file = await open(path, "r");
    try {
      const window = new JournalWindow(file);
      checkPreamble(await window.read(0, PREAMBLE_BYTES), path);
      const scanner = new RecordScanner(window);
      const found = await scanner.next(PREAMBLE_BYTES);
      if (found.kind === "record" && found.record.type === "run" && !found.damage) {
        const fault = headerFault(found.record);
        if (!fault) return new JournalReader(file, scanner, found.record, found.nextOffset);
        throw new AcceleratorError(
          "JOURNAL_INVALID",
          `${path} has a header that makes no sense: look at ${fault}.`,
        );
      }
      throw new AcceleratorError(
        "JOURNAL_INVALID",
        `${path} has no sound header at offset ${PREAMBLE_BYTES}: nothing in it can be read.`,
      );
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Reads entries from `offset` on, until there are `limit` of them or they take `limitBytes`.
   *
   * @param sequence the least that they have: an entry that comes a second time is left out.
   */
  async read(
    offset: number,
    { limit, limitBytes }: { readonly limit: number; readonly limitBytes: number },
    sequence = 0,
  ): Promise<JournalPortion> {
    const entries: PlacedEntry[] = [];
    let least = sequence;
    /** Before records that came before: who reads the next entry, or the end, must know of it. */
    let skipped: Damage | undefined;
    for (let at = offset; ; ) {
      const sound = await this.#scanner.sound(
        ...([at, limit - entries.length, limitBytes - (at - offset)] as const),
      );
      for (const { record, nextOffset } of sound) {
        if (this.#isForeign(record)) return await this.#endBefore(skipped?.offset ?? at, entries);
        at = nextOffset;
        if (record.type === "run" || record.sequence < least) continue;
        least = record.sequence + 1;
        entries.push({ entry: record, nextOffset, ...(skipped && { damage: skipped }) });
        skipped = undefined;
        if (entries.length >= limit || nextOffset - offset >= limitBytes) return { entries };
      }
      if (sound.length > 0) continue;
      const found = await this.#scanner.next(at);
      skipped = joined(skipped, found.damage);
      const damaged = skipped && { damage: skipped };
      if (found.kind !== "record") {
        return { entries, end: { kind: found.kind, offset: found.offset }, ...damaged };
      }
      const { record, nextOffset } = found;
      if (this.#isForeign(record)) return await this.#endBefore(skipped?.offset ?? at, entries);
      at = nextOffset;
      if (record.type === "run" || record.sequence < least) continue;
      least = record.sequence + 1;
      entries.push({ entry: record, nextOffset, ...damaged });
      skipped = undefined;
      if (entries.length >= limit || nextOffset - offset >= limitBytes) return { entries };
    }
  }

  #isForeign(record: JournalHeader | JournalEntry): boolean {
    return record.type === "run" && record.id !== this.header.id;
  }

  /** What lies behind the header of another run is of that run. */
  async #endBefore(offset: number, entries: PlacedEntry[]): Promise<JournalPortion> {
    const end = await this.sizeBytes();
    const reason = "the journal of another run begins there";
    return {
      ...{ entries, end: { kind: "end", offset: end } },
      damage: { offset, bytes: end - offset, reason },
    };
  }

  /** The whole journal, in portions; the last one has its `end`. */
  async *portions(): AsyncGenerator<JournalPortion> {
    let sequence = 0;
    for (let offset = this.firstOffset; ; ) {
      const portion = await this.read(offset, PORTION, sequence);
      yield portion;
      if (portion.end) return;
      const { entry, nextOffset } = portion.entries.at(-1) as PlacedEntry;
      offset = nextOffset;
      sequence = entry.sequence + 1;
    }
  }

  /** The last bytes before an offset, by which to see whether it is still the same file. */
  async before(offset: number, length: number): Promise<Buffer> {
    const start = Math.max(0, offset - length);
    const buffer = Buffer.alloc(offset - start);
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead);
  }

  async sizeBytes(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** The bytes from the first damage to the end of the second. */
function joined(first: Damage | undefined, second: Damage | undefined): Damage | undefined {
  if (!first || !second) return first ?? second;
  return { ...first, bytes: second.offset + second.bytes - first.offset };
}
